#!/usr/bin/env python3
"""Writes schemas.txt: the shapes of all Kubernetes objects as compact tables.

    python3 build.py FOLDER

FOLDER is `kubernetes_validate/kubernetes-json-schema` of the package named in README.md.
The output depends on that folder alone. The format of schemas.txt is described in README.md.

Every keyword of the source is either written, or listed in DROPPED, or an error: a later
version of the source cannot lose a rule silently. What occurs in 1.35 to 1.37:
`$ref`, `type` (with or without "null"), `properties`, `required`, `additionalProperties`
(false beside `properties`, else the shape of map values), `items`, `enum` (of texts),
`format` (int32, int64, double, byte, date-time: notes, which a validator does not assert),
`oneOf` (only for Quantity and IntOrString), and the `x-kubernetes-` extensions
`group-version-kind`, `list-type`, `list-map-keys`, `map-type`, `patch-strategy`,
`patch-merge-key` and `unions`. There is no `default`, `pattern`, `minimum` or `maxLength`.
"""

import json
import pathlib
import sys

MINORS = (35, 36, 37)
OUTPUT = pathlib.Path(__file__).with_name("schemas.txt")

# Words for people, and unions, which only a handful of newer definitions declare.
DROPPED = {"description", "x-kubernetes-unions"}

# Served by discovery and deletion, never applied.
NOT_OBJECTS = {"meta.v1.Status"}

SCALARS = {
    ("string", None): "string",
    ("string", "byte"): "byte",
    ("string", "date-time"): "date-time",
    ("integer", None): "integer",
    ("integer", "int32"): "int32",
    ("integer", "int64"): "int64",
    ("number", None): "number",
    ("number", "double"): "double",
    ("boolean", None): "boolean",
}

NOTES = (
    ("x-kubernetes-list-type", "list"),
    ("x-kubernetes-list-map-keys", "keys"),
    ("x-kubernetes-map-type", "map"),
    ("x-kubernetes-patch-strategy", "patch"),
    ("x-kubernetes-patch-merge-key", "merge"),
)


def short(name):
    """The last three parts of a definition's name: `core.v1.PodSpec`."""
    return ".".join(name.split(".")[-3:])


def source(folder, minor):
    """The definitions of a version by short name, and the folder of its kinds."""
    folder = pathlib.Path(folder) / f"v1.{minor}.0-local-strict"
    full = json.loads((folder / "_definitions.json").read_text())["$defs"]
    definitions = {short(name): schema for name, schema in full.items()}
    if len(definitions) != len(full):
        raise SystemExit("two definitions have the same short name")
    return definitions, folder


def served(name, schema):
    """`apps/v1` where the definition is an object that can be applied, else None."""
    kinds = schema.get("x-kubernetes-group-version-kind", [])
    if len(kinds) != 1 or "metadata" not in schema["properties"] or name in NOT_OBJECTS:
        return None
    kind = kinds[0]
    if kind["kind"] != name.split(".")[-1]:
        raise SystemExit(f"{name}: its kind has another name: {kind}")
    return "/".join(part for part in (kind["group"], kind["version"]) if part)


class Shape:
    """Takes keywords off a schema; `end` refuses what nobody took."""

    def __init__(self, schema, where):
        self.left = {key: value for key, value in schema.items() if key not in DROPPED}
        self.where = where
        self.references = []

    def take(self, key, default=None):
        return self.left.pop(key, default)

    def end(self):
        if self.left:
            raise SystemExit(f"{self.where}: no rule for {self.left}")

    def notes(self):
        words = []
        for key, word in NOTES:
            value = self.take(key)
            if value is not None:
                words.append(f"{word}={','.join(value) if isinstance(value, list) else value}")
        return words

    def type(self):
        """The type as text; what is behind it (items, formats) is taken too."""
        reference = self.take("$ref")
        if reference is not None:
            name = short(reference.split("/")[-1])
            self.references.append(name)
            return name
        either = self.take("oneOf")
        if either is not None:
            texts = [self.inner(part) for part in either]
            if texts not in (["string?", "integer?"], ["string?", "number?"]):
                raise SystemExit(f"{self.where}: no rule for oneOf {texts}")
            # Null fits both sides, and so exactly one never.
            return "|".join(text.rstrip("?") for text in texts)
        kind = self.take("type")
        if kind is None:
            return "any"
        null = ""
        if isinstance(kind, list):
            kind, last = kind
            if last != "null":
                raise SystemExit(f"{self.where}: no rule for the type {kind, last}")
            null = "?"
        if kind == "array":
            return f"[{self.inner(self.take('items'))}]{null}"
        if kind == "object":
            values = self.take("additionalProperties")
            return f"object{null}" if values is None else f"{{{self.inner(values)}}}{null}"
        return SCALARS[kind, self.take("format")] + null

    def inner(self, schema):
        shape = Shape(schema, self.where)
        text = shape.type()
        shape.end()
        self.references += shape.references
        return text


def lines(name, schema):
    """The header and the property lines of a definition, and the names it refers to."""
    shape = Shape(schema, name)
    kind = served(name, schema)
    shape.take("x-kubernetes-group-version-kind")
    header = [name] + ([f"kind={kind}"] if kind else []) + shape.notes()
    properties = shape.take("properties")
    if properties is None:
        header[1:1] = ["=", shape.type()]
        shape.end()
        return " ".join(header), [], shape.references
    required = shape.take("required", [])
    if shape.take("type") != ["object", "null"] or shape.take("additionalProperties") is not False:
        raise SystemExit(f"{name}: not an object without further fields that may be null")
    if not set(required) <= set(properties):
        raise SystemExit(f"{name}: requires a field that it does not have")
    shape.end()
    rows, references = [], []
    for key in sorted(properties):
        field = Shape(properties[key], f"{name}.{key}")
        words = [key + ("!" if key in required else ""), field.type()]
        values = field.take("enum")
        if values is not None:
            if any("," in value or " " in value for value in values):
                raise SystemExit(f"{name}.{key}: no rule for the enum {values}")
            words.append("=" + ",".join(values))
        words += field.notes()
        field.end()
        rows.append(" ".join(words))
        references += field.references
    return " ".join(header), rows, references


def reached(definitions):
    """The lines of every kind and of what it refers to, by name."""
    found = {}
    waiting = [name for name, schema in definitions.items() if served(name, schema)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            header, rows, references = lines(name, definitions[name])
            found[name] = header, rows
            waiting += references
    return found


def masked(line, minors, all_minors):
    """The line, with the versions that it holds for unless it holds for all."""
    if minors == all_minors:
        return line
    return f"{line} @{','.join(str(minor) for minor in minors)}"


def grouped(texts):
    """Pairs of a text and the versions that have it; `texts` are (version, text)."""
    groups = {}
    for minor, text in texts:
        groups.setdefault(text, []).append(minor)
    return list(groups.items())


def table(folder):
    """The whole text of schemas.txt."""
    versions = {minor: reached(source(folder, minor)[0]) for minor in MINORS}
    output = [
        "# Shapes of Kubernetes objects; written by build.py, the format is in README.md.",
        "versions " + " ".join(str(minor) for minor in MINORS),
    ]
    for name in sorted({name for found in versions.values() for name in found}):
        having = [minor for minor in MINORS if name in versions[minor]]
        headers = grouped((minor, versions[minor][name][0]) for minor in having)
        for header, minors in headers:
            output.append(masked(header, minors, list(MINORS)))
            rows = grouped((minor, row) for minor in minors for row in versions[minor][name][1])
            rows.sort(key=lambda group: (group[0].split(" ")[0].rstrip("!"), group[1]))
            output += [" " + masked(row, row_minors, minors) for row, row_minors in rows]
    return "\n".join(output) + "\n"


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__.split("\n\n")[1].strip())
    OUTPUT.write_text(table(sys.argv[1]), newline="\n")


if __name__ == "__main__":
    main()
