#!/usr/bin/env bash
# Fetch the wheels of this project that a bare CUDA machine lacks, for CPython 3.12 on x86-64 Linux.
#
#   bash benchmarks/gpu/wheels.sh OUT [PACKAGE...]
#
# OUT       folder for the wheels (kept; what lies there is not fetched again)
# PACKAGE   only these, in place of all
#
# Versions are those of constraints.txt. Without their dependencies: the list below is whole, over what the machine has
# (see README.md). Environment: PYTHON, a python3 with pip of any version.
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,10p' "$0"; exit 2; }
out=$1; shift
constraints=$(cd "$(dirname "$0")/../.." && pwd)/constraints.txt
packages=(
  annotated-types courts-db datasketch defusedxml docstring-parser eyecite fast-diff-match-patch nltk platformdirs
  pyahocorasick pydantic pydantic-core reporters-db snowballstemmer typeguard typing-extensions typing-inspection tyro
)
[ $# -eq 0 ] || packages=("$@")
mkdir -p "$out"
for package in "${packages[@]}"; do
  pinned=$(grep -E "^$package==" "$constraints") || { echo "$package is not pinned in $constraints" >&2; exit 1; }
  if compgen -G "$out/$(printf %s "$package" | tr - _)-${pinned##*==}-*.whl" >/dev/null; then echo "have  $pinned"; continue; fi
  echo "fetch $pinned"
  "${PYTHON:-python3}" -m pip download -q --disable-pip-version-check --no-deps --only-binary=:all: \
    --python-version 3.12 --implementation cp \
    --platform manylinux_2_28_x86_64 --platform manylinux_2_27_x86_64 --platform manylinux_2_24_x86_64 \
    --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64 --platform manylinux_2_5_x86_64 \
    --platform manylinux1_x86_64 -d "$out" "$pinned"
done
du -sh "$out" | sed 's/\t/  /'
