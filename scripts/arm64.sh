#!/usr/bin/env bash
# The agent for arm64, made and tried on amd64:
#   arm64.sh build VERSION   bin/edge-arm64, against Debian's libraries for arm64
#   arm64.sh package VERSION the same, with the ONNX Runtime of a package
#   arm64.sh check           runs the package's program under qemu
#   arm64.sh test            and all of it: its embeddings are amd64's
# Debian's libraries for arm64 lie in .deps/arm64/root, apart from the machine's
# own: libopencv-dev:arm64, installed, would take amd64's headers away. They are
# 650 MB, fetched once; the machine's package lists and packages stay as they are.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'arm64: %s\n' "$*" >&2; }
die() { printf 'arm64: %s\nTry: %s\n' "$1" "$2" >&2; exit 1; }

base=$PWD/.deps/arm64
root=$base/root
lib=$root/usr/lib/aarch64-linux-gnu
# BLAS and LAPACK lie in folders of their own.
folders=$lib:$root/lib/aarch64-linux-gnu:$lib/blas:$lib/lapack

# What is linked, with all that it needs; and of the rest the headers alone,
# which OpenCV's one header names.
linked=(libopencv-{core,imgproc,imgcodecs,videoio}-dev libav{format,codec,util}-dev libswscale-dev libjpeg62-turbo-dev libc6-dev libstdc++-12-dev)
headers=(libopencv-{calib3d,features2d,flann,dnn,highgui,ml,objdetect,photo,stitching,video}-dev)

# fetch_root unpacks the libraries; apt keeps its state apart from the machine's.
fetch_root() {
  [ -e "$base/complete" ] && return
  say "fetching Debian's libraries for arm64 (once; 170 MB)"
  rm -rf "$base/apt" "$base/root"
  mkdir -p "$base"/apt/{lists,archives,more}/partial "$root"
  touch "$base/apt/status"
  local apt=(apt-get -qq -o "Dir::State=$base/apt" -o "Dir::State::Lists=$base/apt/lists" -o "Dir::State::status=$base/apt/status"
    -o "Dir::Cache=$base/apt" -o "Dir::Cache::Archives=$base/apt/archives"
    -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User=root)
  { "${apt[@]}" update && "${apt[@]}" install --yes --download-only --no-install-recommends "${linked[@]}" &&
    (cd "$base/apt/more" && "${apt[@]}" download "${headers[@]}"); } >/dev/null ||
    die "the packages for arm64 cannot be fetched" "check the network and that the machine's package sources have arm64, then run this again"
  for package in "$base"/apt/{archives,more}/*.deb; do dpkg-deb --extract "$package" "$root"; done
  rm -rf "$base/apt"
  touch "$base/complete"
}

fetch_onnxruntime() {
  version=$(sed -n 's/^onnxruntime==\([0-9.]*\).*/\1/p' scripts/onnxruntime.txt)
  library=$base/libonnxruntime.so.$version
  [ -e "$library" ] && return
  say "fetching ONNX Runtime $version for arm64"
  local scratch
  scratch=$(mktemp -d)
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: \
    --platform manylinux_2_28_aarch64 --python-version 311 --implementation cp --abi cp311 \
    --dest "$scratch" --requirement scripts/onnxruntime.txt ||
    die "the ONNX Runtime wheel cannot be fetched, or its hash is not the pinned one" "check the network, then run this again"
  python3 -m zipfile --extract "$scratch"/onnxruntime-*.whl "$scratch/wheel"
  cp "$scratch/wheel/onnxruntime/capi/${library##*/}" "$library.part"
  mv "$library.part" "$library"
  rm -rf "$scratch"
}

# cross runs go for arm64.
cross() {
  GOARCH=arm64 CGO_ENABLED=1 CC="aarch64-linux-gnu-gcc --sysroot=$root" CXX="aarch64-linux-gnu-g++ --sysroot=$root" \
    CGO_CPPFLAGS="-I$root/usr/include/aarch64-linux-gnu/opencv4 -I$root/usr/include/opencv4" \
    CGO_LDFLAGS="$CGO_LDFLAGS -Wl,-rpath-link,$folders" go "$@"
}

build() {
  cross build -trimpath -ldflags "-X pristine/internal/version.build=${1:-}" -o bin/edge-arm64 ./cmd/edge
  say "bin/edge-arm64 is there: $(file -b bin/edge-arm64 | cut -d, -f1-2)"
}

# Resizing alone first, against Pillow's pixels; then from files to embeddings.
run_tests() {
  local qemu=(qemu-aarch64-static -L "$root" -E "LD_LIBRARY_PATH=$folders" -E "PRISTINE_ORT_LIB=$library")
  cross test -count=1 -exec "${qemu[*]}" -run 'TestResizeEqualsPillow' ./infer
  local scratch
  scratch=$(mktemp -d)
  for export in infer/testdata/exports/*.tar.gz; do
    name=$(basename "$export" .tar.gz)
    mkdir "$scratch/$name"
    tar -xzf "$export" -C "$scratch/$name"
  done
  for bundle in models/pocket "$scratch"/*/; do
    name=$(basename "$bundle")
    for arch in amd64 arm64; do
      edge=(bin/edge)
      [ $arch = amd64 ] || edge=("${qemu[@]}" bin/edge-arm64)
      # Its word on qemu's processor, which it does not know, is not of interest.
      "${edge[@]}" embed image --bundle "$bundle" infer/testdata/exports/*.jpg >"$scratch/$name.image.$arch" 2>"$scratch/errors" &&
        "${edge[@]}" embed text --bundle "$bundle" "a photo of a scratched part" >"$scratch/$name.text.$arch" 2>"$scratch/errors" ||
        { cat "$scratch/errors" >&2; die "edge for $arch failed on $bundle" "the command above by hand"; }
    done
  done
  python3 scripts/arm64.py "$scratch"
  rm -rf "$scratch"
}

# check_package makes the package and runs what is in it.
check_package() {
  local scratch
  scratch=$(mktemp -d)
  scripts/deb.sh 1.2.3 "$scratch" arm64 >/dev/null
  dpkg-deb -x "$scratch"/pristine_1.2.3_arm64.deb "$scratch/root"
  [ "$(dpkg-deb -f "$scratch"/pristine_1.2.3_arm64.deb Architecture)" = arm64 ] || die "the package is for another processor" "read scripts/deb.sh"
  for file in usr/bin/edge usr/lib/pristine/libonnxruntime.so; do
    file -b "$scratch/root/$file" | grep -q aarch64 || die "$file of the package is for another processor" "read scripts/deb.sh"
  done
  # The package's own ONNX Runtime encodes with the package's own model.
  (cd "$scratch" && PRISTINE_HOME=$scratch/root/usr/lib/pristine qemu-aarch64-static -L "$root" -E "LD_LIBRARY_PATH=$folders" \
    "$scratch/root/usr/bin/edge" embed text --bundle "$scratch/root/usr/share/pristine/models/pocket" "a scratched part" 2>"$scratch/errors" | grep -q '\[') ||
    { cat "$scratch/errors" >&2; die "edge of the package failed" "read what it says above"; }
  say "the package runs under qemu"
  rm -rf "$scratch"
}

fetch_root
case ${1:-} in
  build) build "${2:-unknown}" ;;
  package) fetch_onnxruntime && build "${2:-unknown}" ;;
  test) fetch_onnxruntime && run_tests && check_package ;;
  check) fetch_onnxruntime && check_package ;;
  *) die "unknown step: ${1:-none}" "scripts/arm64.sh build, package, check or test" ;;
esac
