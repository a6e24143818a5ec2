#!/usr/bin/env bash
# First step of the action: gets the program from a release, or builds it from the action's own source where there is no
# release for it. Says where it is as the output `program`.
#
# Environment: VERSION and CHECKSUM as the action's inputs; what the runner sets. Bash 3.2 must do, which macOS has.
set -euo pipefail

releases=https://github.com/armguard/armguard/releases/download
source=$GITHUB_ACTION_PATH
folder=$RUNNER_TEMP/armguard

fail() {
    printf '::error title=armguard::%s\n' "$1"
    exit 1
}

download() {
    curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 --retry 3 --output "$folder/$1" \
        "$releases/v$version/$1"
}

checksum_of() {
    if command -v sha256sum > /dev/null; then sha256sum < "$1"; else shasum -a 256 < "$1"; fi | cut -d ' ' -f 1
}

own=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$source/Cargo.toml" | head -n 1)
version=${VERSION:-$own}
version=${version#v}
# What is not as expected is not repeated: it could be a command to the runner.
if ! [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]]; then
    fail "The input version must be a version such as 1.2.3."
fi
if [[ -n $CHECKSUM ]] && ! [[ $CHECKSUM =~ ^[0-9A-Fa-f]{64}$ ]]; then
    fail "The input checksum must be a SHA-256 checksum of 64 hexadecimal digits."
fi

case $RUNNER_OS-$RUNNER_ARCH in
    Linux-X64) target=x86_64-unknown-linux-musl ;;
    Linux-ARM64) target=aarch64-unknown-linux-musl ;;
    macOS-X64) target=x86_64-apple-darwin ;;
    macOS-ARM64) target=aarch64-apple-darwin ;;
    Windows-X64) target=x86_64-pc-windows-msvc ;;
    *) target= ;;
esac
archive=armguard-$target.tar.gz

mkdir -p "$folder"
if [[ -n $target ]] && download "$archive"; then
    expected=$CHECKSUM
    if [[ -z $expected ]]; then
        download "$archive.sha256" || fail "Release $version has no checksum for $archive."
        expected=$(cut -d ' ' -f 1 < "$folder/$archive.sha256")
    fi
    if [[ $(checksum_of "$folder/$archive") != "$(printf %s "$expected" | tr A-F a-f)" ]]; then
        fail "$archive of release $version does not have the expected checksum; it was not unpacked."
    fi
    # Seen from its folder: tar takes `D:` in a path for another machine.
    (cd "$folder" && tar -xzf "$archive")
    program=$folder/armguard-$target/armguard
elif [[ -n $CHECKSUM ]]; then
    fail "Release $version cannot be downloaded for this runner, and a build of the source cannot have the checksum."
elif [[ $version != "$own" ]]; then
    fail "Release $version cannot be downloaded for this runner, and the source of this action is that of $own."
elif ! command -v cargo > /dev/null; then
    fail "Release $version cannot be downloaded for this runner, and there is no cargo to build it from source."
else
    echo "Release $version cannot be downloaded for this runner: it is built from source."
    # From its own folder: in that of the job, a pull request can say which compiler and settings to use
    # (rust-toolchain.toml, .cargo/config.toml).
    (cd "$source" && cargo install --quiet --locked --path "$source" --root "$folder" --target-dir "$folder/target")
    program=$folder/bin/armguard
fi
"$program" --version
printf 'program=%s\n' "$program" >> "$GITHUB_OUTPUT"
