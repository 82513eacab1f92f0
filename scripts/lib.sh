# Shared by the scripts of this folder; source it, do not run it.

set -euo pipefail
QIFU_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$QIFU_ROOT"

# Tools the project brings itself come first; cargo's own folder last, for shells that were never told of rustup.
PATH="$QIFU_ROOT/.toolchain/bin:$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"
export PATH

# What survives a fresh clone: tools that took minutes to compile.
QIFU_CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/qifu"

# Reads what the macro of the `wasm_split_helpers` in Cargo.lock writes: the same 0.2.
WASM_SPLIT_VERSION=0.2.4
WASM_BINDGEN_VERSION=$(sed -n 's/^wasm-bindgen = "=\(.*\)"$/\1/p' Cargo.toml)

say() { printf '%s %s\n' "$(date +%H:%M:%S)" "$*"; }

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# Runs a long command silently; its output appears only when it fails.
quietly() {
    local log
    log=$(mktemp)
    if "$@" >"$log" 2>&1; then
        rm -f "$log"
    else
        local code=$?
        cat "$log" >&2
        rm -f "$log"
        return "$code"
    fi
}

# Runs a command of which nobody need hear, because another way follows when it fails.
silently() { "$@" >/dev/null 2>&1; }

# Runs a command as root; fails when this user cannot become root without being asked.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif have sudo && sudo -n true 2>/dev/null; then
        sudo -n "$@"
    else
        return 1
    fi
}

# apt_install WHAT PACKAGE...: installs Debian packages, or says in one sentence what the reader has to do.
apt_install() {
    local what=$1
    shift
    have apt-get || fail "$what is missing: install it with your system's package manager, then run this again."
    as_root true || fail "$what is missing and this user may not install it: run \"sudo apt-get install $*\", then run this again."
    if [ -z "${QIFU_APT_UPDATED:-}" ]; then
        say "apt: reading the package lists"
        silently as_root apt-get update || say "apt: some package lists could not be read; trying with what is there"
        QIFU_APT_UPDATED=1
    fi
    say "apt: installing $*"
    quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get -o Dpkg::Options::=--force-confold install -y --no-install-recommends "$@" ||
        fail "$what could not be installed: see apt's words above, install $* by hand, then run this again."
}

# PostgreSQL's server refuses to run as root: then its programs run as the user that Debian's package made.
as_postgres() {
    if [ "$(id -u)" != 0 ]; then
        "$@"
    elif have runuser; then
        (cd / && runuser -u postgres -- "$@")
    else
        (cd / && setpriv --reuid=postgres --regid=postgres --clear-groups "$@")
    fi
}

# The folder of the PostgreSQL server programs, or nothing.
postgres_bin() {
    local dir
    for dir in "$( (pg_config --bindir) 2>/dev/null || true)" \
        "$(find /usr/lib/postgresql /opt/homebrew/opt /usr/local/opt -maxdepth 2 -path '*postgresql*/bin' 2>/dev/null | sort -V | tail -n 1)" \
        "$(dirname "$(command -v initdb 2>/dev/null || echo /none/initdb)")"; do
        if [ -x "$dir/initdb" ] && [ -x "$dir/pg_ctl" ]; then
            printf '%s\n' "$dir"
            return
        fi
    done
}
