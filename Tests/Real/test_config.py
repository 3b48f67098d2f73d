"""AWS's shared config file: we read in it what botocore reads, and botocore reads what we write."""

import json
import random
import subprocess
from pathlib import Path

import botocore.exceptions
import pytest
from botocore.configloader import load_config

ALIKE = [
    b"",
    b"# a comment\n\n ; another",
    b"[default]\nregion = eu-west-1\noutput = json\n",
    b"[profile a]\nregion=x\n[profile b]\nregion = y",
    b"[profile a]\r\nregion = x\r\nd = one\r\n  two\r\noutput=json\r\n\r\n[profile b]\r\n",
    b"[profile a]\rx=1\ry=2\r\n  z\n\r",
    b'[profile "a b"]\nx=1\n[profile \'c\']\n[profile d\\ e]\n[profile f"g"]\n',
    b"[profile a] # here\nx=1\n[profile b] trailing\ny=2\n[profile c]d]\n[profile e#f]\n",
    b"[profile a b]\nx=1\n[profile]\n[sso-session s]\nx=2\n[services t]\n[other]\nx=3\n[profile \"]\n[profile a] [b]\n",
    b"[profile\ta]\n\tx\t=\t1\n[profile  b  ]\n",
    b"[profile a]\ns3 =\n  max = 1\n\n  # c\n  Style = a=b # c\n    deeper = 2\n  max = 3\nregion = x\n",
    b"[profile a]\nx = one\n  two # kept\n\n  # gone\n  three\n\n\ny=2\n# c\n  more\n",
    b"  [profile a]\n  x=1\n  y=2\nz=3\n w=4\n",
    b"[profile a]\n  x=1\n    [profile b]\n  y=2\n[profile c]\n y=1\n",
    b"[profile a]\nregion: x\nx:y=2\nu==1\nv=a=b:c\nw=x#y;z\n",
    b"[profile a]\nx=\ny =\n\nz =  \n  \n  # c\n[x]=1\n",
    b"[profile a]\nX=1\nyY=2\n\"k\"='v'\nu=\\\n  n\n",
    "[profile ä🙂]\nx=中\u2028y\n".encode(),
    b"[default]\nx=1\n[profile default]\ny=2\n",
    b"[profile a]\nx=1\x0b2 \x0c\n\x0by=2\n",
]

REFUSED = [
    b"region = x\n",
    b"# c\n  x\n[default]\n",
    b"[profile a]\nfoo\n",
    b"[profile a]\n = x\n",
    b"[profile a\nx=1\n",
    b"[]\n",
    b"[profile a]\ns3 =\n  a=b\n  c\n",
    b"[profile a]\nx=1\n]\n",
]

# Where we follow the other SDKs instead: botocore's profiles, or None for a file that it refuses; ours.
DIFFERENT = [
    (b"[profile a]\nx = 1 # c\n", {"a": {"x": "1 # c"}}, {"a": {"x": "1"}}),
    (b"[profile a]\nx=1\nX=2\n", None, {"a": {"x": "2"}}),
    (b"[profile a]\nx=1\n[profile a]\ny=2\n", None, {"a": {"x": "1", "y": "2"}}),
    (b'[profile a]\nx=1\n[profile "a"]\ny=2\n', {"a": {"y": "2"}}, {"a": {"x": "1", "y": "2"}}),
    (b"[profile default]\nx=1\n[default]\nx=2\n", {"default": {"x": "2"}}, {"default": {"x": "1"}}),
    (b"[ profile a ]\nx=1\n[ default]\n", {}, {"a": {"x": "1"}, "default": {}}),
    (b"[profilea b]\nx=1\n[profiles c]\n", {"b": {"x": "1"}, "c": {}}, {}),
    (b"[DEFAULT]\nx=1\n[profile a]\ny=1\n", {"a": {"x": "1", "y": "1"}}, {"a": {"y": "1"}}),
    (b"[profile a] # [b]\nx=1\n", {}, {"a": {"x": "1"}}),
    (b"\xef\xbb\xbf[profile a]\nx=1\n", None, {"a": {"x": "1"}}),
    (b"[profile a]\nx=\xff\n", None, {"a": {"x": "\ufffd"}}),
    (b"[profile a]\nx=1\n\xc2\xa0y=2\n", {"a": {"x": "1\ny=2"}}, {"a": {"x": "1", "\xa0y": "2"}}),
]


def botocore_profiles(path):
    """What botocore reads; None for a file that it refuses."""
    try:
        return load_config(str(path))["profiles"]
    except botocore.exceptions.ConfigParseError:
        return None


@pytest.fixture
def read(request, tmp_path):
    """Reads files with our reader, all in one go; with a change, sets that first and reads the result."""
    probe = Path(request.config.getoption("--built")) / "aws-oidc-config-probe"

    def run(texts, *change):
        paths = [tmp_path / f"config{number}" for number in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            path.write_bytes(text)
        done = subprocess.run(
            [probe, *change], input="".join(f"{path}\n" for path in paths), capture_output=True, text=True,
            timeout=60, check=True)
        return list(zip(paths, map(json.loads, done.stdout.split("\n")[:-1]), strict=True))

    return run


def test_the_same_profiles_and_values_are_read(read):
    for path, found in read(ALIKE):
        expected = botocore_profiles(path)
        assert expected is not None and found.get("profiles") == expected, path.read_bytes()


def test_what_botocore_refuses_is_refused_with_its_line(read):
    for path, found in read(REFUSED):
        assert botocore_profiles(path) is None, path.read_bytes()
        assert found["error"].startswith("line "), path.read_bytes()


def test_the_differences_are_those_that_are_known(read):
    for (path, found), (_, botocores, ours) in zip(read([text for text, *_ in DIFFERENT]), DIFFERENT, strict=True):
        assert botocore_profiles(path) == botocores, path.read_bytes()
        assert found.get("profiles") == ours, path.read_bytes()


def made_up(generator):
    """A file that the two readers should agree on: nothing stands twice, no comment follows a value."""
    lines, names, keys = [], iter(range(99)), iter(range(999))
    for _ in range(generator.randrange(6)):
        indent = generator.choice(["", "", "", "  "])
        kind = generator.choice(["profile {}", "profile\t{}", "profile '{}'", "sso-session {}", "{}", "services {} "])
        lines.append(f"{indent}[{kind.format(f'n{next(names)}')}]")
        for _ in range(generator.randrange(8)):
            lines.append(generator.choice([
                f"{indent}k{next(keys)} = v", f"{indent}K{next(keys)}=a b=c", f"{indent}k{next(keys)}: #v",
                f"{indent}k{next(keys)} =\n{indent}  n=1\n\n{indent}  m = 2", f"{indent}# c", "", "  ",
                f"{indent}k{next(keys)}=x\n{indent} more # c", f"\t\t; c", f"{indent}k{next(keys)}=\t",
            ]))
    end = generator.choice(["\n", "\n", "\r\n"])
    return (end.join("\n".join(lines).split("\n")) + generator.choice(["", end])).replace(": #v", ":#v").encode()


def test_made_up_files_read_alike_and_botocore_reads_what_is_set(read):
    generator = random.Random(1)
    texts = [*ALIKE, *(made_up(generator) for _ in range(500))]
    sound = []
    for path, found in read(texts):
        assert found.get("profiles") == botocore_profiles(path), path.read_bytes()
        if "profiles" in found:
            sound.append((path.read_bytes(), found["profiles"]))
    assert len(sound) > 300
    value = "aws-oidc creds-process --issuer-url=https://login.example.com --client-id=c#1"
    changed = read([text for text, _ in sound], "n0", "credential_process", value)
    for (path, found), (_, profiles) in zip(changed, sound, strict=True):
        expected = {**profiles, "n0": {**profiles.get("n0", {}), "credential_process": value}}
        assert botocore_profiles(f"{path}.edited") == found["profiles"] == expected, path.read_bytes()
