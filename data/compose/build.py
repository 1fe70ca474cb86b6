"""Writes compose-spec.json beside this script: the schema that is named, without its descriptions."""

import json
import pathlib
import sys


def without_descriptions(part):
    if isinstance(part, dict):
        # A field that is called `description` is a map, and stays.
        return {
            key: without_descriptions(value)
            for key, value in part.items()
            if not (key == "description" and isinstance(value, str))
        }
    if isinstance(part, list):
        return [without_descriptions(item) for item in part]
    return part


schema = json.loads(pathlib.Path(sys.argv[1]).read_text())
target = pathlib.Path(__file__).with_name("compose-spec.json")
target.write_text(json.dumps(without_descriptions(schema), indent=1) + "\n")
