#!/usr/bin/env bash
# Builds the wheel for PyPI: wheel.sh FOLDER [TARGET]
# The wheel for a target of Linux with musl holds a static program, so it is good for every Linux.
set -euo pipefail
mkdir -p "$1"
out=$(cd "$1" && pwd)
target=${2:-}
cd "$(dirname "$0")/pypi"

# Licenses must lie beside pyproject.toml to get into the wheel.
cp ../../LICENSE .
# Those of what is linked into the program, too.
"$(command -v python3 || command -v python)" -I ../notices.py ${target:+"$target"} > NOTICES.txt
arguments=(build --release --locked --out "$out" --compatibility pypi)
case $target in
    '') ;;
    *-linux-musl) arguments+=(manylinux2014 musllinux_1_1 --target "$target") ;;
    *) arguments+=(--target "$target") ;;
esac
maturin "${arguments[@]}"
