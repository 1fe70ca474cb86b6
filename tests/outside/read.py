"""Reads YAML files with PyYAML: prints its version, then for each file one line of JSON, the list of its documents.

Usage: read.py FILE...
"""

import json
import sys

import yaml

print(json.dumps(yaml.__version__))
for path in sys.argv[1:]:
    with open(path, encoding="utf-8", newline="") as file:
        # A date or another type that JSON does not know ends the run: no reader may see one.
        print(json.dumps(list(yaml.load_all(file, Loader=yaml.CSafeLoader))))
