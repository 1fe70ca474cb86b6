# shellcheck shell=bash
# A part is what is installed and skipped as a whole. Part X has two functions: `install_X` and `works_X`, which asks
# whether what was installed is still whole.

say() { printf 'tools: %s\n' "$*"; }
fail() {
    printf 'tools: %s\n' "$@" >&2
    exit 1
}

# part NAME PINS…: a stamp is the text of the pins, so changed pins install anew. It is written last.
part() {
    local name=$1 stamp=$tools/stamps/$1 began=$SECONDS pins
    pins=$(cd -- "$here" && cat "${@:2}")
    if [[ -f $stamp && $(<"$stamp") == "$pins" ]] && "works_$name"; then
        say "$name is there: skipped"
        return
    fi
    say "$name: installing"
    rm -f "$stamp"
    mkdir -p "$tools/work"
    "install_$name"
    "works_$name" || fail "$name was installed, and does not work"
    printf '%s\n' "$pins" >"$stamp.new"
    mv "$stamp.new" "$stamp"
    say "$name: installed in $((SECONDS - began)) s"
}
