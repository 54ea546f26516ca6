#!/usr/bin/env bash
# Installs the agent on a Jetson, or upgrades it; run as root from a folder with
# bin/edge, models/ and configs/, as the build leaves them:
#   deploy/jetson/install.sh [--ort PATH/libonnxruntime.so]
# An upgrade keeps configuration, models and events, and goes back to the old
# program when the new one does not start. DESTDIR installs into another root.
set -euo pipefail
cd "$(dirname "$0")/../.."

say() { printf 'install: %s\n' "$*" >&2; }
die() { printf 'install: %s\nTry: %s\n' "$1" "$2" >&2; exit 1; }

root=${DESTDIR:-}
ort=
while [ $# -gt 0 ]; do
  case $1 in
    --ort) [ $# -ge 2 ] || die "--ort needs a path" "$0 --ort /path/libonnxruntime.so"; ort=$2; shift 2 ;;
    *) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
done
[ -x bin/edge ] || die "bin/edge is not there" "make build, or copy the build for this machine here"
[ -n "$root" ] || [ "$(id -u)" = 0 ] || die "only root can install" "sudo $0"

bin=$root/usr/local/bin lib=$root/usr/local/lib/pristine etc=$root/etc/pristine state=$root/var/lib/pristine
install -d -m 755 "$bin" "$lib" "$etc" "$root/etc/systemd/system" "$root/usr/local/share/pristine"
if [ -z "$root" ]; then
  getent passwd pristine >/dev/null || useradd --system --home-dir /var/lib/pristine --shell /usr/sbin/nologin pristine
  install -d -o pristine -g pristine -m 750 "$state"
else
  install -d -m 750 "$state"
fi

if [ -n "$ort" ]; then
  [ -e "$ort" ] || die "$ort is not there" "give the libonnxruntime.so that was built for this JetPack"
  # The providers are libraries of their own, and must lie beside it.
  cp -L "$ort" "$lib/libonnxruntime.so.new"
  mv "$lib/libonnxruntime.so.new" "$lib/libonnxruntime.so"
  for provider in "$(dirname "$ort")"/libonnxruntime_providers_*.so; do
    [ -e "$provider" ] && cp "$provider" "$lib/"
  done
fi
[ -e "$lib/libonnxruntime.so" ] || die "there is no ONNX Runtime in $lib" "$0 --ort /path/libonnxruntime.so"

# Configuration is the user's: it is written once.
[ -e "$etc/edge.yaml" ] || install -m 640 deploy/jetson/edge.yaml "$etc/edge.yaml"
[ -n "$root" ] || chown -R root:pristine "$etc"
for folder in models configs; do
  [ -e "$state/$folder" ] || cp -R "$folder" "$state/$folder"
done
[ -n "$root" ] || chown -R pristine:pristine "$state/models" "$state/configs"
install -m 644 deploy/jetson/README.md "$root/usr/local/share/pristine/README.md"
install -m 644 deploy/jetson/edge.service "$root/etc/systemd/system/edge.service"

[ -e "$bin/edge" ] && cp -p "$bin/edge" "$bin/edge.old"
install -m 755 bin/edge "$bin/edge.new"
mv "$bin/edge.new" "$bin/edge"
[ -z "$root" ] || { say "installed into $root"; exit 0; }

systemctl daemon-reload
systemctl enable --quiet edge
# Type=notify: this returns when the agent says that it is ready.
if systemctl restart edge; then
  say "the agent runs; journalctl -u edge -f shows what it says"
elif [ -e "$bin/edge.old" ]; then
  mv "$bin/edge.old" "$bin/edge"
  systemctl restart edge || true
  die "the new program does not start, the old one is back" "journalctl -u edge -n 50"
else
  die "the agent does not start" "journalctl -u edge -n 50"
fi
