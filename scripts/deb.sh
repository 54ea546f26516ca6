#!/usr/bin/env bash
# Makes a Debian package of bin/edge for this machine's architecture and release, or
# of bin/edge-arm64 for arm64 and the same release:
#   scripts/deb.sh VERSION FOLDER [ARCHITECTURE]
# Two runs of one build make the same file.
set -euo pipefail
cd "$(dirname "$0")/.."

die() { printf 'deb: %s\nTry: %s\n' "$1" "$2" >&2; exit 1; }
version=${1:?VERSION} out=$(realpath "${2:?FOLDER}")
architecture=${3:-$(dpkg --print-architecture)}
program=bin/edge
runtime=.deps/onnxruntime/lib/libonnxruntime.so
if [ "$architecture" != "$(dpkg --print-architecture)" ]; then
  program=bin/edge-$architecture
  runtime=.deps/$architecture/libonnxruntime.so.$(sed -n 's/^onnxruntime==\([0-9.]*\).*/\1/p' scripts/onnxruntime.txt)
fi
# bin/edge writes its manual pages and completions, whatever processor they are for.
[ -x bin/edge ] || die "bin/edge is not there" "make build"
[ -x "$program" ] && [ -e "$runtime" ] || die "$program or its ONNX Runtime is not there" "make deb ARCH=$architecture"
umask 022
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
install -D -m 755 "$program" "$root/usr/bin/edge"
install -D -m 644 "$(realpath $runtime)" "$root/usr/lib/pristine/libonnxruntime.so"
share=$root/usr/share/pristine
mkdir -p "$share/models"
cp -R models/pocket "$share/models/"
cp -R configs "$share/"
rm -rf "$share/configs/data"
doc=$root/usr/share/doc/pristine
mkdir -p "$doc"
cat NOTICE LICENSE >"$doc/copyright"
cp -R README.md CHANGELOG.md docs "$doc/"
install -D -m 644 deploy/deb/edge.yaml "$root/etc/pristine/edge.yaml"
mkdir -p "$root/usr/lib/systemd/system"
sed -e 's|/usr/local/bin/|/usr/bin/|; s|/usr/local/share/pristine/README.md|/usr/share/doc/pristine/README.md|; /PRISTINE_ORT_LIB/d' \
  deploy/jetson/edge.service >"$root/usr/lib/systemd/system/edge.service"
for shell in bash:bash-completion/completions/edge zsh:zsh/vendor-completions/_edge fish:fish/vendor_completions.d/edge.fish; do
  file=$root/usr/share/${shell#*:}
  mkdir -p "$(dirname "$file")"
  { [ "${shell%%:*}" != zsh ] || echo '#compdef edge'; bin/edge completion "${shell%%:*}"; } >"$file"
done
man=$root/usr/share/man/man1
mkdir -p "$man"
bin/edge man "$man"
gzip -9n "$man"/*.1

# The packages with the libraries that the program is linked against: this machine's
# own, whose names are those of the other architecture, not those for cross-compiling.
depends=$(readelf -d "$program" "$root/usr/lib/pristine/libonnxruntime.so" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u | while read -r library; do
  dpkg -S "*/$(uname -m)-linux-gnu/$library" 2>/dev/null | head -1 | cut -d: -f1
done | sort -u | paste -sd, | sed 's/,/, /g')
mkdir -p "$root/DEBIAN"
cat >"$root/DEBIAN/control" <<CONTROL
Package: pristine
Version: $version
Architecture: $architecture
Maintainer: Pristine
Section: science
Priority: optional
Installed-Size: $(du -sk --apparent-size "$root/usr" | cut -f1)
Depends: $depends, passwd
Recommends: ffmpeg
Description: edge inspection agent for production lines
 Watches cameras, compares parts with text prompts and good examples, and
 publishes PASS, REVIEW, FAIL or INVALID to NATS.
CONTROL
echo /etc/pristine/edge.yaml >"$root/DEBIAN/conffiles"
install -m 755 deploy/deb/postinst deploy/deb/prerm deploy/deb/postrm "$root/DEBIAN/"
chmod -R u=rwX,go=rX "$root"
package=$out/pristine_${version}_$architecture.deb
dpkg-deb --root-owner-group -Zzstd --build "$root" "$package" >/dev/null
echo "$package"
