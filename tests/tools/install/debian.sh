# shellcheck shell=bash
# What comes from Debian: a container engine and a builder, taken out of their packages into the cache, and a base system
# for images. apt checks signatures; versions are what the release has, since a mirror keeps no older ones.

need_apt() {
    if ! command -v apt-get >/dev/null || ! command -v dpkg >/dev/null; then
        fail "there is no apt-get: containers are tried on Debian only" "help: run this on Debian 12"
    fi
    [[ $(id -u) == 0 ]] ||
        fail "a base system for containers is made by root alone" "help: run this as root"
    if [[ ! -d ${tools:?}/work/apt ]]; then
        mkdir -p "${tools:?}/work/apt/lists/partial" "${tools:?}/work/apt/archives/partial"
        own_apt update -qq
    fi
}

# Lists and archives of our own: nothing of the machine's is changed.
own_apt() {
    apt-get -o "Dir::State::lists=${tools:?}/work/apt/lists" -o "Dir::Cache::archives=${tools:?}/work/apt/archives" \
        -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache=" -o APT::Sandbox::User=root "$@"
}

# packages FOLDER NAME…: packages and what they need beyond a small system, taken apart in a folder.
packages() {
    local folder=$1 archives
    shift
    need_apt
    rm -rf "$folder" "$tools/work/debs"
    mkdir -p "$folder" "$tools/work/debs"
    (cd -- "$tools/work/debs" && own_apt download -qq "$@")
    archives=("$tools/work/debs"/*.deb)
    for archive in "${archives[@]}"; do dpkg -x "$archive" "$folder"; done
    printf '%s\n' "${archives[@]##*/}" >"$folder/packages.txt"
}

install_engine() {
    packages "$tools/engine" docker.io containerd runc tini libdevmapper1.02.1 iptables libip4tc2 libip6tc2 libxtables12 \
        libnftnl11 libnfnetlink0 libnetfilter-conntrack3 libmnl0
    # The alternatives that an installation would have chosen.
    ln -sf xtables-nft-multi "$tools/engine/usr/sbin/iptables"
    ln -sf xtables-nft-multi "$tools/engine/usr/sbin/ip6tables"
}
works_engine() { [[ -x $tools/engine/usr/sbin/dockerd && -x $tools/engine/usr/bin/containerd ]]; }

install_buildah() {
    packages "$tools/buildah" buildah libgpgme11 libassuan0 libseccomp2 libsubid4 libdevmapper1.02.1
}
works_buildah() { [[ -x $tools/buildah/usr/bin/buildah ]]; }

# in_tree TREE NAME…: packages, installed in a system.
in_tree() {
    local tree=$tools/work/$1
    shift
    chroot "$tree" apt-get update -qq >>"$tools/work/base.log" 2>&1
    DEBIAN_FRONTEND=noninteractive chroot "$tree" apt-get install -y -qq --no-install-recommends "$@" \
        >>"$tools/work/base.log" 2>&1
    chroot "$tree" apt-get clean
}

# A small system, with the real servers that stand for those of the catalogue.
install_base() {
    local mirror suite tree
    packages "$tools/work/debootstrap" debootstrap
    mirror=$(apt-get indextargets --format "\$(SITE)" 'Created-By: Packages' 'Component: main' | head -1)
    suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
    rm -rf "$tools/base"
    DEBOOTSTRAP_DIR=$tools/work/debootstrap/usr/share/debootstrap "$tools/work/debootstrap/usr/sbin/debootstrap" \
        --variant=minbase --include=busybox-static "$suite" "$tools/work/base" "$mirror" >"$tools/work/base.log"
    # Another one in which code is built.
    rm -rf "$tools/builder"
    cp -a "$tools/work/base" "$tools/work/builder"
    in_tree base postgresql redis-server
    in_tree builder gcc libc6-dev python3 python3-venv
    ln -s ../../bin/python3 "$tools/work/builder/usr/local/bin/python"
    for tree in base builder; do
        rm -rf "$tools/work/$tree/var/lib/apt/lists" "$tools/work/$tree/var/cache/apt" \
            "$tools/work/$tree/usr/share/doc" "$tools/work/$tree/usr/share/locale"
        mv "$tools/work/$tree" "$tools/$tree"
    done
}
works_base() {
    [[ -x $tools/base/usr/bin/redis-server && -x $tools/base/bin/busybox && -x $tools/builder/usr/bin/cc &&
        -e $tools/builder/usr/local/bin/python ]]
}
