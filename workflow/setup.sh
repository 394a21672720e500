#!/usr/bin/env bash
# Makes the environment from the lock file: with uv where it is present, else with pip.
set -euo pipefail

python=${PYTHON:-python3}
venv=${VENV:-.venv}

# Programs name their environment in double quotes, ':' parts PATH, DVC formats braces.
case "$PWD $(pwd -P) $venv" in
*[\"\$\`\\:{}]* | *$'\t'* | *$'\n'*)
    echo "The path of this folder, $PWD, holds one of \" \$ \` \\ : { } or a tab or new" \
        "line: move it to a path without them, then run the same command again" >&2
    exit 1
    ;;
esac

"$python" - <<'PY' || exit 1
import shutil, sys, sysconfig
from pathlib import Path
version = sys.version_info[:2]
if not (3, 11) <= version <= (3, 14):
    sys.exit(f"Python 3.11 to 3.14 is needed, this is {sys.version.split()[0]}: "
             "name another one, as in 'make setup PYTHON=python3.12'")
compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
header = Path(sysconfig.get_path("include"), "Python.h")
if version == (3, 14) and not (shutil.which(compiler) and header.is_file()):
    sys.exit("For Python 3.14 one library of requirements.lock, immutables, has to be "
             "compiled: install a C compiler and Python's headers, or name an older "
             "Python, as in 'make setup PYTHON=python3.13'")
PY

echo "Setting up $venv from requirements.lock (once; some minutes with pip)"
rm -f "$venv/ready"
"$python" -m venv --clear "$venv"
if command -v uv >/dev/null 2>&1; then
    export VIRTUAL_ENV=$PWD/$venv
    uv pip install --quiet --require-hashes --compile-bytecode -r requirements.lock
    uv pip install --quiet --no-deps --no-build-isolation -e .
else
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        --require-hashes -r requirements.lock
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        --no-deps --no-build-isolation -e .
fi
touch "$venv/ready"
