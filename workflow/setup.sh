#!/usr/bin/env bash
# Makes the environment from the lock file: with uv where it is present, else with pip.
set -euo pipefail

python=${PYTHON:-python3}
venv=${VENV:-.venv}

"$python" - <<'PY' || exit 1
import sys
if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(f"Python 3.11 to 3.13 is needed, this is {sys.version.split()[0]}: "
             "name another one, as in 'make setup PYTHON=python3.12'")
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
