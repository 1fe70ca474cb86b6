"""Writes JSON Schemas for kubeconform: one file a kind, which refers to no other file.

    python3 schemas.py KUBERNETES CRDS TARGET

KUBERNETES is `kubernetes_validate/kubernetes-json-schema` of the package that python/kubernetes-validate.txt pins.
TARGET gets a folder for each version of Kubernetes, named as kubeconform names it, and `custom` for the CRDs.
"""

import json
import pathlib
import sys

import yaml

VERSIONS = ("1.35.0", "1.36.0", "1.37.0")
REFERENCE = "#/$defs/"


def kubernetes(source, target):
    for version in VERSIONS:
        folder = target / f"v{version}-standalone-strict"
        folder.mkdir(parents=True)
        definitions = source / f"v{version}-local-strict" / "_definitions.json"
        definitions = json.loads(definitions.read_text())["$defs"]
        for name, schema in definitions.items():
            for kind in schema.get("x-kubernetes-group-version-kind", []):
                # An object that can be applied is named by its own kind; DeleteOptions and the like serve all groups.
                if kind["kind"] == name.split(".")[-1] and "metadata" in schema.get("properties", {}):
                    group = kind["group"].split(".")[0]
                    parts = [kind["kind"].lower(), group, kind["version"].lower()]
                    file = folder / ("-".join(part for part in parts if part) + ".json")
                    file.write_text(json.dumps(alone(name, definitions)))


def alone(name, definitions):
    """A definition with all that it reaches."""
    reached, pending = {}, [name]
    while pending:
        name = pending.pop()
        if name not in reached:
            reached[name] = without_words(definitions[name])
            pending.extend(references(reached[name]))
    return {**reached.pop(next(iter(reached))), "$defs": reached}


def without_words(schema):
    if isinstance(schema, dict):
        # A field may be called `description`: its value is a schema then, and no text.
        return {
            key: without_words(value)
            for key, value in schema.items()
            if not (key == "description" and isinstance(value, str))
        }
    if isinstance(schema, list):
        return [without_words(item) for item in schema]
    return schema


def references(schema):
    if isinstance(schema, dict):
        target = schema.get("$ref")
        if isinstance(target, str):
            yield target.removeprefix(REFERENCE)
        for value in schema.values():
            yield from references(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from references(item)


def custom(source, target):
    for file in sorted(source.glob("*/*.yaml")):
        for crd in yaml.safe_load_all(file.read_text()):
            spec = crd["spec"]
            folder = target / "custom" / spec["group"]
            folder.mkdir(parents=True, exist_ok=True)
            for version in spec["versions"]:
                if version["served"]:
                    schema = strict(version["schema"]["openAPIV3Schema"])
                    # The server knows the fields of every object's metadata; the definition does not say them.
                    schema["properties"]["metadata"] = {"type": "object"}
                    name = f"{spec['names']['kind'].lower()}_{version['name']}.json"
                    (folder / name).write_text(json.dumps(schema))


def strict(schema):
    """A structural schema of a CRD as JSON Schema that knows its fields only, as a strict server does."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("x-kubernetes-int-or-string"):
        return {"type": ["integer", "string"]}
    made = {}
    for key, value in schema.items():
        if key == "properties":
            made[key] = {name: strict(field) for name, field in value.items()}
        elif key in ("items", "additionalProperties"):
            made[key] = strict(value)
        elif key in ("type", "enum", "required", "pattern", "minimum", "maximum", "minLength", "maxLength"):
            made[key] = value
        elif key in ("minItems", "maxItems", "minProperties", "maxProperties"):
            made[key] = value
    if schema.get("nullable") and "type" in made:
        made["type"] = [made["type"], "null"]
    if "properties" in made and not schema.get("x-kubernetes-preserve-unknown-fields"):
        made.setdefault("additionalProperties", False)
    return made


def main():
    source, crds, target = (pathlib.Path(path) for path in sys.argv[1:])
    kubernetes(source, target)
    custom(crds, target)


main()
