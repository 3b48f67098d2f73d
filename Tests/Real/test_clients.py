"""AWS's own clients get their credentials through us."""

import json
import sys

BOTO3 = """
import boto3
session = boto3.Session(profile_name="demo")
print(session.client("sts").get_caller_identity()["Arn"])
"""


def assumed_role(machine):
    return f"arn:aws:sts::123456789012:assumed-role/demo/{machine.user}@example.com"


def test_the_aws_cli_is_who_signed_in(machine):
    done = machine.run(sys.executable, "-m", "awscli", "--profile", "demo", "sts", "get-caller-identity")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["Arn"] == assumed_role(machine)


def test_boto3_is_who_signed_in(machine):
    done = machine.run(sys.executable, "-c", BOTO3)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == assumed_role(machine)


def test_many_clients_share_one_sign_in_and_one_sts_call(machine):
    before, calls = machine.idp.sign_ins(), len(machine.aws.actions())
    for _ in range(3):
        done = machine.run(sys.executable, "-c", BOTO3)
        assert done.returncode == 0, done.stderr
    assert machine.idp.sign_ins() == before + 1
    assert sorted(machine.aws.actions()[calls:]) == ["AssumeRoleWithWebIdentity"] + ["GetCallerIdentity"] * 3
