# make run    sets the machine up, builds, and shows the demo line
# make test   sets the machine up, lints, and runs every test
# The set-up needs Debian and, the first time, root.

# gocv builds against Debian's OpenCV 4.6 only with its modules named.
export GOFLAGS = -tags=gocv_specific_modules,gocv_videoio,customenv
export CGO_CPPFLAGS = -I/usr/include/opencv4
export CGO_LDFLAGS = -lopencv_core -lopencv_imgproc -lopencv_imgcodecs -lopencv_videoio

# The version itself is in internal/version; this is the commit beside it.
VERSION := $(shell git describe --always --dirty --exclude '*' 2>/dev/null)
BUILD = go build -trimpath -ldflags "-X pristine/internal/version.build=$(VERSION)" -o bin/edge ./cmd/edge

.PHONY: run test deb soak build lint bench setup setup-test clean fuzz model arm64 test-arm64 gpu-kit gpu image release

run: build
	bin/edge run --config configs/demo.yaml

setup:
	@scripts/setup.sh build

setup-test:
	@scripts/setup.sh test

build: setup
	@$(BUILD)

# bin/pristine_VERSION_ARCHITECTURE.deb, for this machine's release of Debian; with
# ARCH=arm64 for that processor.
deb: build
ifeq ($(ARCH),arm64)
	@scripts/setup.sh arm64
	@scripts/arm64.sh package $(VERSION)
endif
	@scripts/deb.sh $$(bin/edge --version | cut -d' ' -f2) bin $(ARCH)

# The container image `pristine`, made from the package by buildah, as root.
image: deb
	@scripts/image.sh $$(ls -t bin/pristine_*_$$(dpkg --print-architecture).deb | head -1)

# dist/, to publish: packages of both processors, SBOM, notes, checksums, signature by
# the minisign key in RELEASE_KEY.
release: setup-test deb
	@$(MAKE) --no-print-directory deb ARCH=arm64
	@version=$$(bin/edge --version | cut -d' ' -f2); scripts/release.sh $$version dist bin/pristine_$${version}_*.deb

lint: setup-test
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "run gofmt -w on:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...
	.deps/bin/golangci-lint run
	.deps/python/bin/ruff check --quiet --no-cache
	@scripts/vulncheck.sh

# With PRISTINE_CLIP=DIR also an export of full size, as training/golden/full.py
# prepares it, against Python.
test: setup-test lint
	@$(BUILD)
	/usr/bin/python3 -B -m unittest discover --quiet --start-directory training/tests --top-level-directory .
	go test -timeout 60m ./...
ifdef PRISTINE_CLIP
	bin/edge model verify $(PRISTINE_CLIP)
endif
	go test -race -short -timeout 60m $$(go list ./... | grep -vE '/capture/opencv$$')

# The faults of the event store in full (1,000 kills …), the load that it holds for a
# minute, and the whole agent under all faults for PRISTINE_SOAK_FOR (docs/soak.md).
export PRISTINE_SOAK_FOR ?= 2h
soak: setup-test
	PRISTINE_SOAK=1 go test -timeout 4h -v -run 'Never|WhenAppend' ./events/outbox ./cmd/edge ./internal/soak
	go test -run '^$$' -bench Append -benchtime 10s ./events/outbox

# The agent beside the same pipeline in Python, on one video; with BENCH_MODEL=vit-b32
# with an encoder of that shape.
bench: setup-test build
	@scripts/bench.sh

# bin/edge-arm64 on amd64, and its embeddings beside amd64's under qemu.
arm64:
	@scripts/setup.sh arm64
	@scripts/arm64.sh build $(VERSION)

test-arm64: arm64 build
	@scripts/arm64.sh test

# What proves the GPU providers on another machine: gpu-kit/, to be carried there.
gpu-kit: setup
	@python3 scripts/gpu_kit.py gpu-kit

# Proves and measures them with that kit; PYTHON has torch, transformers and onnx.
gpu:
	@scripts/gpu.sh gpu-kit

# Each fuzz target in turn, FUZZTIME each.
FUZZTIME ?= 30s
fuzz: setup
	@scripts/fuzz.sh $(FUZZTIME)

# The built-in model from nothing but two pretrained towers: an hour or two on two
# cores, no GPU, but several gigabytes of packages.
model: .venv/made
	.venv/bin/python -m training.model

.venv/made: training/requirements.txt
	python3 -m venv .venv
	.venv/bin/pip install --requirement training/requirements.txt
	touch $@

clean:
	rm -rf bin
