#!/bin/sh
# Measures the whole project on one GPU, on a bare machine without a network, in at most 8 minutes.
#
#   deploy/gpu/check.sh wheels [PYTHON]   where there is a network: fetch what such a machine lacks into .wheels/
#   deploy/gpu/check.sh [OPTIONS]         on the machine: an environment from them, then vqabot bench gpu OPTIONS
#
# The machine brings Python, PyTorch (any recent release, ours is not needed) and NumPy. .wheels/ is ignored by git:
# name it where only tracked files are carried along. PYTHON is that machine's version, 3.12 unless given.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
wheels=$root/.wheels
python=${PYTHON:-python3}
most_mb=50

fetch() {
    version=${1:-3.12}
    rm -rf "$wheels" && mkdir -p "$wheels"
    platforms=
    for each in manylinux_2_28 manylinux_2_27 manylinux_2_26 manylinux_2_24 manylinux_2_17 manylinux2014 manylinux_2_12 \
        manylinux2010 manylinux_2_5 manylinux1; do
        platforms="$platforms --platform ${each}_$(uname -m)"
    done
    # shellcheck disable=SC2086 # these are words
    "$python" -m pip download --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
        --implementation cp --python-version "$version" $platforms \
        --requirement "$root/deploy/gpu/requirements.txt" --dest "$wheels"
    echo "$version" > "$wheels/python-version"
    size=$(du -sm "$wheels" | cut -f1)
    echo "$wheels: $(ls "$wheels"/*.whl | wc -l) wheels for Python $version, $size MB"
    if [ "$size" -gt "$most_mb" ]; then
        echo "That is more than $most_mb MB: leave something out of deploy/gpu/requirements.txt (make lock)." >&2
        exit 1
    fi
}

# Beside an environment's own packages those of the Python that made it, wherever they lie: --system-site-packages
# would look past an environment that PyTorch is installed in.
environment() {
    "$python" -m venv --without-pip "$1"
    "$python" - "$1" <<'PROGRAM'
import site, sys
from pathlib import Path

own = next(Path(sys.argv[1]).glob("lib/python*/site-packages"))
(own / "of-the-machine.pth").write_text("".join(f"{place}\n" for place in site.getsitepackages()))
PROGRAM
    if [ -d "$wheels" ]; then
        here=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        for_python=$(cat "$wheels/python-version")
        if [ "$here" != "$for_python" ]; then
            echo "The wheels are for Python $for_python, and this is $here: deploy/gpu/check.sh wheels $here" >&2
            exit 1
        fi
        "$python" -m pip --python "$1/bin/python" install --quiet --disable-pip-version-check --no-index --no-deps \
            --no-compile "$wheels"/*.whl
    else
        echo "There is no $wheels: what this Python has must do." >&2
    fi
}

if [ "${1:-}" = wheels ]; then
    shift
    fetch "$@"
    exit
fi

temporary=$(mktemp -d "${TMPDIR:-/tmp}/vqabot-gpu.XXXXXX")
trap 'rm -rf "$temporary"' EXIT
trap 'exit 130' INT TERM
began=$(date +%s)
environment "$temporary/environment"
echo "The environment took $(($(date +%s) - began)) s." >&2
cd "$root"
"$temporary/environment/bin/python" -m bot.cli bench gpu "$@"
