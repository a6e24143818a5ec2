#!/usr/bin/env bash
# Packs a program for a release: archive.sh TARGET PROGRAM FOLDER
# Writes armguard-TARGET.tar.gz with the program, its manual pages and completions, and the licenses of what is linked into
# it, and the archive's checksum beside it.
set -euo pipefail
target=$1 program=$2 out=$3
root=$(cd "$(dirname "$0")/.." && pwd)
program=$(cd "$(dirname "$program")" && pwd)/$(basename "$program")
mkdir -p "$out"
cd "$out"

name=armguard-$target
rm -rf "$name"
mkdir -p "$name/man" "$name/completions"
cp "$program" "$root/LICENSE" "$root/README.md" "$root/CHANGELOG.md" "$name/"
# Where there is only `python`, as on Windows, it is the third one, too.
"$(command -v python3 || command -v python)" -I "$root/packaging/notices.py" "$target" > "$name/NOTICES.txt"
"$program" man > "$name/man/armguard.1"
# The page names those of the commands.
sed -n 's/^armguard\\-\(.*\)(1)$/\1/p' "$name/man/armguard.1" | while read -r command; do
    [[ $command == help ]] || "$program" man "$command" > "$name/man/armguard-$command.1"
done
for shell in bash elvish fish powershell zsh; do
    "$program" completions "$shell" > "$name/completions/armguard.$shell"
done
tar -czf "$name.tar.gz" "$name"
rm -r "$name"

if command -v sha256sum > /dev/null; then
    sha256sum "$name.tar.gz" > "$name.tar.gz.sha256"
else
    shasum -a 256 "$name.tar.gz" > "$name.tar.gz.sha256"
fi
