"""Reads a stream of YAML documents with PyYAML and compares it with JSON, one line a document.

Usage: read.py STREAM JSON LOADER. Prints what differs; ends with the number of documents.
"""

import json
import sys

import yaml


def differs(got, wanted, path):
    if type(got) is not type(wanted):
        return f"{path}: {got!r} is not {wanted!r}"
    if isinstance(wanted, dict):
        if got.keys() != wanted.keys():
            return f"{path}: keys {list(got)!r} are not {list(wanted)!r}"
        found = (differs(got[key], wanted[key], f"{path}/{key}") for key in wanted)
    elif isinstance(wanted, list):
        if len(got) != len(wanted):
            return f"{path}: {len(got)} elements are not {len(wanted)}"
        found = (differs(a, b, f"{path}/{index}") for index, (a, b) in enumerate(zip(got, wanted)))
    else:
        return None if got == wanted else f"{path}: {got!r} is not {wanted!r}"
    return next((text for text in found if text), None)


stream, expected, loader = sys.argv[1:]
count = faults = 0
with open(stream, encoding="utf-8", newline="") as documents, open(expected, encoding="utf-8", newline="\n") as lines:
    for got, line in zip(yaml.load_all(documents, Loader=getattr(yaml, loader)), lines, strict=True):
        fault = differs(got, json.loads(line), "")
        if fault:
            faults += 1
            print(f"document {count}: {fault}".encode("unicode_escape").decode())
        count += 1
print(count)
sys.exit(1 if faults else 0)
