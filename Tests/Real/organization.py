"""An organization in moto, with every shape of trust policy, and faults between it and whoever asks."""

import json
import re
import threading
import time
from urllib.parse import quote

import boto3
import requests
from servers import Server
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

ISSUER = "https://idp.example.com/oauth2/x"
PROVIDER = ISSUER.removeprefix("https://")
CLIENTS = ["app", "cli", "other"]


def statement(account, condition, effect="Allow", action="sts:AssumeRoleWithWebIdentity", provider=PROVIDER):
    return {
        "Effect": effect,
        "Principal": {"Federated": f"arn:aws:iam::{account}:oidc-provider/{provider}"},
        "Action": action,
        "Condition": condition,
    }


def aud(value, operator="StringEquals"):
    return {operator: {f"{PROVIDER}:aud": value}}


# Each role: its statements, the clients that it certainly takes, and those that it may take.
SHAPES = {
    "plain": (lambda a: [statement(a, aud("app"))], ["app"], []),
    "list": (lambda a: [statement(a, aud(["app", "cli"]))], ["app", "cli"], []),
    "two": (lambda a: [statement(a, aud("app")), statement(a, aud("cli"))], ["app", "cli"], []),
    "like": (lambda a: [statement(a, aud("c*", "StringLike"))], ["cli"], []),
    "everysts": (lambda a: [statement(a, aud("app"), action=["sts:*"])], ["app"], []),
    "denied": (
        lambda a: [statement(a, aud(CLIENTS)), statement(a, aud("app"), effect="Deny")],
        ["cli", "other"],
        [],
    ),
    "subject": (
        lambda a: [statement(a, {"StringEquals": {f"{PROVIDER}:aud": "app", f"{PROVIDER}:sub": "00u1"}})],
        [],
        ["app"],
    ),
    "unregistered": (lambda a: [statement(a, aud("nobody"))], [], []),
    "foreign": (lambda a: [statement(a, aud("app"), provider="other.example.com")], [], []),
    "halfissuer": (lambda a: [statement(a, aud("app"), provider="idp.example.com")], [], []),
    "anyclient": (lambda a: [statement(a, {})], [], []),
    "skipped": (lambda a: [statement(a, aud("app"))], [], []),
    "service": (
        lambda a: [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
        [],
        [],
    ),
}


class Organization(Server):
    """moto behind a door at which an account's requests can be made to fail."""

    def __init__(self, accounts, issuer=ISSUER):
        super().__init__()
        self.provider = issuer.split("://")[1]
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.app = self.door
        self.faults = {}
        self.accounts_of_keys = {}
        self.calls = []
        self.lock = threading.Lock()
        # All of moto is one in a process: what an organization before this one left is not to be seen here.
        requests.post(f"{self.endpoint}/moto-api/reset", timeout=60).raise_for_status()
        root = {"aws_access_key_id": "AKIAROOT", "aws_secret_access_key": "x"}
        self.root = {"endpoint_url": self.endpoint, "region_name": "us-east-1", **root}
        self.sts = boto3.client("sts", **self.root)
        self.management = self.sts.get_caller_identity()["Account"]
        organizations = boto3.client("organizations", **self.root)
        try:
            organizations.create_organization(FeatureSet="ALL")
        except organizations.exceptions.AlreadyInOrganizationException:
            pass
        self.accounts = []
        for number in range(accounts):
            made = organizations.create_account(Email=f"a{number}@example.com", AccountName=f"Team {number} «Ü»")
            self.accounts.append(made["CreateAccountStatus"]["AccountId"])
        self.closed = self.accounts.pop()
        organizations.close_account(AccountId=self.closed)
        for number, account in enumerate([*self.accounts, self.closed]):
            self.seed(account, f"alias-{number}" if number % 2 else None)
        self.iam(self.management).create_role(RoleName="lister", AssumeRolePolicyDocument="{}")
        self.organization_role = f"arn:aws:iam::{self.management}:role/lister"
        self.calls.clear()

    def iam(self, account):
        """IAM of an account."""
        role = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
        keys = self.sts.assume_role(RoleArn=role, RoleSessionName="seed")["Credentials"]
        return boto3.client(
            "iam", endpoint_url=self.endpoint, region_name="us-east-1", aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=keys["SessionToken"],
        )

    def seed(self, account, alias):
        iam = self.iam(account)
        iam.create_open_id_connect_provider(Url=f"https://{self.provider}", ClientIDList=CLIENTS, ThumbprintList=["0" * 40])
        iam.create_role(RoleName="reader", AssumeRolePolicyDocument="{}")
        for name, (statements, _, _) in SHAPES.items():
            policy = json.dumps({"Version": "2012-10-17", "Statement": statements(account)})
            policy = policy.replace(PROVIDER, self.provider)
            tags = [{"Key": "aws-oidc/skip-role", "Value": ""}] if name == "skipped" else []
            path = "/team/a/" if name == "list" else "/"
            iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=policy, Tags=tags)
        if alias:
            iam.create_account_alias(AccountAlias=alias)

    def arn(self, account, name):
        return f"arn:aws:iam::{account}:role/{'team/a/' if name == 'list' else ''}{name}"

    def expected(self, account):
        """The pairs of role and client that the map must have of an account."""
        return {(self.arn(account, name), client) for name, shape in SHAPES.items() for client in shape[1]}

    def expected_conditional(self, account):
        return {(self.arn(account, name), client) for name, shape in SHAPES.items() for client in shape[2]}

    def door(self, environ, start_response):
        request = self.requests[-1]
        body = environ["wsgi.input"].read()
        environ["wsgi.input"].seek(0)
        form = body.decode("utf-8", "replace")
        action = dict(re.findall(r"(Action|RoleArn)=([^&]*)", form))
        name = action.get("Action") or environ.get("HTTP_X_AMZ_TARGET", "").split(".")[-1]
        key = re.search(r"Credential=([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
        account = self.accounts_of_keys.get(key.group(1)) if key else None
        if name == "AssumeRole":
            account = re.search(r"iam%3A%3A(\d{12})", form).group(1)
        with self.lock:
            self.calls.append((account, name))
        fault = self.faults.get(account)
        answer = fault(name, request) if fault else None
        if answer is not None:
            status, text = answer
            start_response(status, [("Content-Type", "text/xml")])
            return [text.encode()]
        answer = list(self.moto(environ, start_response))
        if name == "AssumeRole":
            for found in re.findall(rb"<AccessKeyId>([^<]+)<", b"".join(answer)):
                self.accounts_of_keys[found.decode()] = account
        return answer


def refusal(code, status="403 Forbidden"):
    return status, f"<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"


def denies(name, _):
    return refusal("AccessDenied") if name == "AssumeRole" else None


def hangs(name, _):
    if name == "ListRoles":
        time.sleep(30)
        return refusal("InternalFailure", "500 Oops")
    return None


def babbles(name, _):
    return ("200 OK", "<html>Welcome to the hotel</html>") if name == "ListRoles" else None


class Throttles:
    """Refuses so many requests, one after another, as AWS does when they come too fast."""

    def __init__(self, count):
        self.left = count

    def __call__(self, name, _):
        if name == "AssumeRole" or self.left == 0:
            return None
        self.left -= 1
        return refusal("Throttling", "400 Bad Request")


class GarbagePolicies:
    """Gives roles whose trust policies are garbage, and one that is none, among the good ones."""

    def __init__(self, account):
        good = quote(json.dumps({"Version": "2012-10-17", "Statement": [statement(account, aud("app"))]}))
        policies = {"broken": "%7B%22Statement", "empty": "", "number": "5", "good": good}
        self.members = "".join(
            f"<member><Arn>arn:aws:iam::{account}:role/{name}</Arn><RoleName>{name}</RoleName>"
            f"<AssumeRolePolicyDocument>{policy}</AssumeRolePolicyDocument></member>"
            for name, policy in policies.items()
        )

    def __call__(self, name, _):
        if name == "ListRoleTags":
            return "200 OK", "<ListRoleTagsResponse><ListRoleTagsResult><Tags/></ListRoleTagsResult></ListRoleTagsResponse>"
        if name != "ListRoles":
            return None
        return (
            "200 OK",
            f"<ListRolesResponse><ListRolesResult><IsTruncated>false</IsTruncated><Roles>{self.members}</Roles>"
            "</ListRolesResult></ListRolesResponse>",
        )
