"""Verifies DKIM signatures with dkimpy, an implementation that is not ours.

Reads one JSON document on standard input: {"records": {NAME: TXT}, "mails": [PATH]}.
Prints one on standard output: for each mail a list, for each signature from the top
"pass" or why it does not.
"""

import json
import sys

import dkim
import nacl  # noqa: F401  dkimpy says nothing of Ed25519 without it

job = json.load(sys.stdin)


def txt(name, timeout=5):
    record = job["records"].get(name.decode().rstrip("."))
    return record.encode() if record else None


def verdict(raw, at):
    try:
        return "pass" if dkim.DKIM(raw).verify(idx=at, dnsfunc=txt) else "fail"
    except Exception as error:  # whatever it stumbles over is a verdict
        return f"{type(error).__name__}: {error}"


def verdicts(path):
    with open(path, "rb") as file:
        raw = file.read()
    header = dkim.DKIM(raw).headers
    count = sum(name.lower() == b"dkim-signature" for name, _ in header)
    return [verdict(raw, at) for at in range(count)]


print(json.dumps([verdicts(path) for path in job["mails"]]))
