#!/usr/bin/env bash
# Makes a folder to publish: the packages, what is in the program (SBOM, CycloneDX),
# the release notes, checksums, and a signature of these:
#   RELEASE_KEY=minisign.key scripts/release.sh VERSION FOLDER PACKAGE…
# RELEASE_KEY is a secret key of minisign (minisign -G); its password is read from
# standard input, unless it has none. RELEASE_KEY=none leaves the signature out.
# With one SOURCE_DATE_EPOCH two runs differ in the signature's time alone.
set -euo pipefail
cd "$(dirname "$0")/.."

die() { printf 'release: %s\nTry: %s\n' "$1" "$2" >&2; exit 1; }
version=${1:?VERSION} out=${2:?FOLDER}
shift 2
key=${RELEASE_KEY:-}
[ -n "$key" ] || die "RELEASE_KEY names no key" "minisign -G -s minisign.key -p minisign.pub, or RELEASE_KEY=none"
[ "$key" = none ] || [ -e "$key" ] || die "the key $key is not there" "minisign -G -s $key -p minisign.pub"
[ $# -gt 0 ] || die "no package is named" "make deb"
[ -x bin/edge ] && [ -x .deps/bin/cyclonedx-gomod ] || die "bin/edge or cyclonedx-gomod is not there" "make setup-test build"
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}

# The section of the version in the changelog, without its heading.
notes=$(awk -v heading="## [${version%%+*}]" 'index($0, "## ") == 1 {on = index($0, heading) == 1; next} on' CHANGELOG.md)
[ -n "$notes" ] || die "CHANGELOG.md has no section ${version%%+*}" "write one, or release the version of internal/version"

rm -rf "$out"
mkdir -p "$out"
cp "$@" "$out/"
printf '%s\n' "$notes" | sed '/./,$!d' >"$out/RELEASE-NOTES.md"
# The modules that the linker put into the program; Debian's libraries are in the
# packages' Depends.
.deps/bin/cyclonedx-gomod bin -json -noserial -std -version "$version" -output "$out/edge.cdx.json" bin/edge 2>/dev/null
sed -i "s/\"timestamp\": \"[^\"]*\"/\"timestamp\": \"$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)\"/" "$out/edge.cdx.json"
(cd "$out" && find . -type f ! -name 'SHA256SUMS*' -printf '%P\n' | LC_ALL=C sort | xargs sha256sum >SHA256SUMS.part && mv SHA256SUMS.part SHA256SUMS)
if [ "$key" != none ]; then
  minisign -S -s "$key" -m "$out/SHA256SUMS" -t "pristine $version" >/dev/null || die "SHA256SUMS cannot be signed" "look at the key and its password"
fi
ls "$out"
