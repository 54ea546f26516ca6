#!/usr/bin/env bash
# Makes the container image of a Debian package, with buildah as root:
#   scripts/image.sh bin/pristine_VERSION_ARCHITECTURE.deb [TAG]
# Its base is a minimal Debian 12 that mmdebstrap makes from Debian's own mirror, so
# that no image registry is asked. BASE_IMAGE takes another one, ROOT_TAR a root that
# was made before.
set -euo pipefail
cd "$(dirname "$0")/.."

die() { printf 'image: %s\nTry: %s\n' "$1" "$2" >&2; exit 1; }
deb=${1:?PACKAGE} tag=${2:-pristine}
[ -e "$deb" ] || die "$deb is not there" "make deb"
command -v buildah >/dev/null || die "buildah is not there" "apt install buildah mmdebstrap"
# Where kernels or sandboxes allow no more, a chroot and plain folders do.
options=(--storage-driver "${STORAGE_DRIVER:-vfs}")
build=(buildah "${options[@]}" bud --isolation chroot --format docker)

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
base=${BASE_IMAGE:-}
if [ -z "$base" ]; then
  base=localhost/pristine-base
  if [ -n "${ROOT_TAR:-}" ]; then
    cp "$ROOT_TAR" "$scratch/root.tar"
  else
    mmdebstrap --quiet --variant=minbase --architectures="$(dpkg-deb -f "$deb" Architecture)" bookworm "$scratch/root.tar"
  fi
  printf 'FROM scratch\nADD root.tar /\n' >"$scratch/Dockerfile"
  "${build[@]}" --quiet --tag "$base" "$scratch" >/dev/null
  rm "$scratch/root.tar"
fi
mkdir -p "$scratch/deploy/image"
cp deploy/image/* "$scratch/deploy/image/"
cp "$deb" "$scratch/pristine.deb"
"${build[@]}" --quiet --pull=never --tag "$tag" --build-arg "BASE=$base" --build-arg DEB=pristine.deb --file deploy/image/Dockerfile "$scratch"
