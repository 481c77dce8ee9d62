#!/bin/sh
# Make .venv with railrel in it, and with what a dependency group of pyproject.toml names.
#
#     [PYTHON=python3.13] [VENV=folder] sh environment.sh [GROUP]
#
# One that another Python made than the one that is named is made anew; where none is named, it stays
# as it is. Needs Python 3.11 or newer, no root. Packages come from wherever this machine's pip or uv is
# set to take them from.
set -eu
cd "$(dirname "$0")"

group=${1:-}
python=${PYTHON:-python3}
venv=${VENV:-.venv}
made=$venv/.made-${group:-plain}

say() { printf '%s\n' "$*" >&2; }
version() { "$1" -c 'import sys; print(sys.version)' 2>/dev/null; }
is_made() { [ -x "$venv/bin/python" ] && [ -f "$made" ] && [ "$made" -nt pyproject.toml ]; }
fits() { [ -z "${PYTHON:-}" ] || [ "$(version "$python")" = "$(version "$venv/bin/python")" ]; }

if [ -z "${PYTHON:-}" ] && is_made; then
    exit 0
fi

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    say "error: $python is not Python 3.11 or newer"
    say " hint: install one, or name it: make demo PYTHON=/path/to/python3.12"
    exit 2
fi

if fits && is_made; then
    exit 0
fi

if ! "$venv/bin/python" -c '' 2>/dev/null || ! fits; then
    if [ -e "$venv" ] && [ ! -f "$venv/pyvenv.cfg" ]; then
        say "error: $venv is there, and is no virtual environment"
        say " hint: name a folder that may be made: VENV=.venv-3.13"
        exit 2
    fi
    rm -rf "$venv"
    if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$python" -m venv "$venv"
    elif command -v uv >/dev/null; then
        uv venv --quiet --seed --python "$python" "$venv"
    elif "$python" -c 'import virtualenv' 2>/dev/null; then
        "$python" -m virtualenv --quiet "$venv"
    else
        say "error: $python cannot make virtual environments"
        say " hint: sudo apt-get install python3-venv; without root: pip install --user virtualenv"
        exit 2
    fi
fi

# pip and uv do not read each other's settings: whichever knows of an index tells the other.
if [ -z "${PIP_INDEX_URL:-}" ] && [ -n "${UV_DEFAULT_INDEX:-${UV_INDEX_URL:-}}" ]; then
    PIP_INDEX_URL=${UV_DEFAULT_INDEX:-$UV_INDEX_URL}
    export PIP_INDEX_URL
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check uv
if [ -z "${UV_DEFAULT_INDEX:-${UV_INDEX_URL:-}}" ]; then
    index=${PIP_INDEX_URL:-$("$venv/bin/python" -m pip config get global.index-url 2>/dev/null || true)}
    if [ -n "$index" ]; then
        UV_DEFAULT_INDEX=$index
        export UV_DEFAULT_INDEX
    fi
fi
if [ -z "${SSL_CERT_FILE:-}" ] && [ -n "${PIP_CERT:-}" ]; then
    SSL_CERT_FILE=$PIP_CERT
    export SSL_CERT_FILE
fi

set -- --quiet --python "$venv/bin/python" --editable .
[ -z "$group" ] || set -- "$@" --group "$group"
"$venv/bin/python" -m uv pip install "$@"
touch "$made"
