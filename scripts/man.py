"""man.py VERSION HELP.json SERVER.json: prints the manual page, from what `--experimental-dump-help` says of `aws-oidc`
and of `aws-oidc-server`.

One page for all commands: it is made of the same words as the help, and can't differ from it.
"""

import json
import os
import sys
import textwrap
import time


def flowing(line):
    """A line as several that a reader of the source can take in."""
    return textwrap.fill(line, 66, break_long_words=False, break_on_hyphens=False)


def text(words):
    """Text as roff: no backslash, hyphen or leading dot means anything but itself."""
    lines = [line if line.startswith(" ") else flowing(line) for line in (words or "").splitlines()]
    lines = "\n".join(lines).replace("\\", "\\e").replace("-", "\\-").splitlines()
    return "\n".join("\\&" + line if line[:1] in ".'" else line for line in lines)


def paragraphs(words):
    """A discussion: paragraphs as they flow, indented lines as they stand."""
    for part in (words or "").split("\n\n"):
        if not part.strip():
            continue
        if all(line.startswith("  ") for line in part.splitlines()):
            yield ".PP\n.nf\n" + text(part) + "\n.fi"
        else:
            yield ".PP\n" + text(part.strip())


def argument(entry):
    value = entry.get("valueName", "")
    names = [("--" if name["kind"] == "long" else "-") + name["name"] for name in entry.get("names", [])]
    if not names:
        names = [f"<{value}>"]
    elif entry["kind"] == "option":
        names[-1] += f" <{value}>"
    about = " ".join(part.strip() for part in [entry.get("abstract", ""), entry.get("discussion", "")] if part)
    if entry.get("defaultValue"):
        about += f" (default: {entry['defaultValue']})"
    return ".TP\n\\fB" + text(", ".join(names)) + "\\fR\n" + (text(about) or "\\&")


def shown(entries):
    return [entry for entry in entries or [] if entry.get("shouldDisplay", True)]


def page(root, server, version):
    own = {command["commandName"]: command for command in server["subcommands"]}
    day = time.strftime("%Y-%m-%d", time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH") or time.time())))
    yield f'.TH AWS\\-OIDC 1 "{day}" "aws\\-oidc {text(version)}" "User Commands"'
    yield ".SH NAME\naws\\-oidc \\- " + text(root["abstract"].rstrip("."))
    yield ".SH SYNOPSIS\n\\fBaws\\-oidc\\fR \\fIcommand\\fR [\\fIflags\\fR]"
    yield ".SH DESCRIPTION"
    yield from (part.removeprefix(".PP\n") for part in paragraphs(root.get("discussion")))
    yield ".SH COMMANDS"
    for command in shown(root.get("subcommands")):
        if command["commandName"] == "help":
            continue
        # Of the server's commands the client knows no more than the names.
        command = own.get(command["commandName"], command)
        yield f".SS {text(command['commandName'])}\n{text(command.get('abstract'))}"
        yield from paragraphs(command.get("discussion"))
        for entry in shown(command.get("arguments")):
            if not any(name["name"] in ("help", "version") for name in entry.get("names", [])):
                yield argument(entry)
    yield ".SH EXIT STATUS\n0 on success. A failure is one line on standard error, and 1."
    yield ".PP\n130 after Ctrl\\-C, 126 and 127 where \\fBexec\\fR can't execute\nor can't find its command;"
    yield "else \\fBexec\\fR ends as its command does."


if __name__ == "__main__":
    roots = []
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8") as file:
            roots.append(json.load(file)["command"])
    print("\n".join(page(*roots, sys.argv[1])))
