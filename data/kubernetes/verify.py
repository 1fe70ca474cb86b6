#!/usr/bin/env python3
"""Proves that schemas.txt says what its source says, as the program reads it.

    python3 verify.py FOLDER

FOLDER is `kubernetes_validate/kubernetes-json-schema` of the package named in README.md.
It runs `cargo` for the program's own reading of the tables. Exit 1 with a message on the first
difference. What is compared, for each version:

1. schemas.txt is what build.py writes.
2. Expanded to JSON Schema by the program, every definition equals the source's, keyword by
   keyword, but for words for people and unions; the definitions are those that the kinds reach.
3. The kinds are those that have a schema file of their own and are objects with metadata; each
   such file equals its definition, but that it refuses null as a whole, and takes null in its
   required fields, which the definition does not.
"""

import json
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True  # nothing is left beside the tables
import build  # noqa: E402

HERE = pathlib.Path(__file__).parent
TEST = "validate::expand::everything_that_is_named_is_defined"
EXPORT = ["cargo", "test", "--quiet", "--lib", TEST, "--", "--exact", "--nocapture"]


def fail(message):
    raise SystemExit(f"verify.py: {message}")


def normal(schema):
    """A source schema without words for people, with the short names of the tables."""
    if isinstance(schema, list):
        return [normal(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    result = {}
    for key, value in schema.items():
        if key in ("x-kubernetes-unions", "x-kubernetes-group-version-kind", "$id", "$schema"):
            continue
        if key == "description" and isinstance(value, str):
            continue
        if key == "properties":
            result[key] = {name: normal(part) for name, part in value.items()}
        elif key == "required":
            result[key] = sorted(value)
        elif key == "$ref":
            result[key] = "#/$defs/" + ".".join(value.split("/")[-1].split(".")[-3:])
        else:
            result[key] = normal(value)
    return result


def references(schema):
    """The definitions that a normal schema refers to."""
    if isinstance(schema, list):
        return {name for part in schema for name in references(part)}
    if not isinstance(schema, dict):
        return set()
    found = {name for value in schema.values() for name in references(value)}
    if isinstance(schema.get("$ref"), str):
        found.add(schema["$ref"].split("/")[-1])
    return found


def reachable(definitions, names):
    found, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += references(definitions[name])
    return found


def kinds(folder):
    """The kinds that have a file and can be applied: `apps/v1 Deployment` and the schema."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        if path.name in ("_definitions.json", "all.json"):
            continue
        schema = json.loads(path.read_text())
        names = schema.get("x-kubernetes-group-version-kind", [])
        if len(names) != 1 or "metadata" not in schema.get("properties", {}):
            continue
        group, version, kind = (names[0][key] for key in ("group", "version", "kind"))
        if (group, kind) != ("", "Status"):
            found[f"{group}/{version} {kind}".lstrip("/")] = normal(schema)
    return found


def lenient(definition):
    """A definition in the form of the file of a kind."""
    schema = json.loads(json.dumps(definition))
    schema["type"] = "object"
    for name in schema.get("required", []):
        field = schema["properties"][name]
        if isinstance(field.get("type"), str):
            field["type"] = [field["type"], "null"]
    return schema


def compare(folder, exported):
    minor = exported["minor"]
    definitions, kind_folder = build.source(folder, minor)
    definitions = {name: normal(schema) for name, schema in definitions.items()}
    files = kinds(kind_folder)
    if set(files) != set(exported["kinds"]):
        fail(f"1.{minor}: other kinds: {sorted(set(files) ^ set(exported['kinds']))}")
    for kind, name in exported["kinds"].items():
        if files[kind] != lenient(definitions[name]):
            fail(f"1.{minor}: the file of {kind} is not its definition {name}")
    expected = reachable(definitions, exported["kinds"].values())
    if expected != set(exported["definitions"]):
        fail(f"1.{minor}: other definitions: {sorted(expected ^ set(exported['definitions']))}")
    for name in sorted(expected):
        ours = exported["definitions"][name]
        if ours != definitions[name]:
            fail(f"1.{minor}: {name} differs:\nsource {definitions[name]}\ntables {ours}")
    print(f"1.{minor}: {len(files)} kinds, {len(expected)} definitions: equal")


def main():
    if len(sys.argv) != 2:
        fail("the folder of the source is missing: see the first lines of this script")
    folder = pathlib.Path(sys.argv[1])
    if build.table(folder) != (HERE / "schemas.txt").read_text():
        fail("schemas.txt is not what build.py writes")
    run = subprocess.run(EXPORT, cwd=HERE, stdout=subprocess.PIPE, check=True, text=True)
    lines = [line for line in run.stdout.splitlines() if line.startswith("{")]
    exports = [json.loads(line) for line in lines]
    if tuple(exported["minor"] for exported in exports) != build.MINORS:
        fail("the program knows other versions than build.py")
    for exported in exports:
        compare(folder, exported)


if __name__ == "__main__":
    main()
