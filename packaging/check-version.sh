#!/usr/bin/env bash
# Holds the places that name a version against Cargo.toml: check-version.sh [TAG]
# With a tag, that too, and the changelog must tell of the version.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)

failed=0
complain() {
    echo "$1" >&2
    failed=1
}
says() {
    grep -qF "$2" "$1" || complain "$1 does not say: $2"
}
says integrations/azure-pipelines.yml "default: $version # version"
says integrations/gitlab-ci.yml "\${ARMGUARD_VERSION:-$version}"
says docs/pre-commit.md "rev: v$version"
if [[ -n ${1:-} ]]; then
    [[ $1 == "v$version" ]] || complain "the tag is $1, but Cargo.toml says $version"
    grep -q "^## $version\( \|\$\)" CHANGELOG.md || complain "CHANGELOG.md has no heading for $version"
fi
exit "$failed"
