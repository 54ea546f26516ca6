package infer

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pristine/infer/bundle"

	ort "github.com/yalue/onnxruntime_go"
)

// opened is a bundle's image model with a session on the CPU.
type opened struct {
	bundle  *bundle.Bundle
	file    *modelFile
	session *ort.DynamicAdvancedSession
	outputs []string
}

func openForProof(t *testing.T) *opened {
	t.Helper()
	if _, err := Load(""); err != nil {
		t.Fatal(err)
	}
	b, err := bundle.Open(export(t, "clip"))
	if err != nil {
		t.Fatal(err)
	}
	o := &opened{bundle: b, outputs: []string{b.Manifest.Image.Outputs.Embedding}}
	if o.file, err = readModel(b, b.Manifest.Image.File, o.outputs); err != nil {
		t.Fatal(err)
	}
	if o.session, err = openOn("cpu", o.file, []string{"pixel_values"}, o.outputs, Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.session.Destroy() })
	return o
}

func TestWhatReallyRunsIsAskedFromONNXRuntime(t *testing.T) {
	o := openForProof(t)
	if _, err := prove(o.bundle, "cpu", o.file, o.session, o.outputs, Options{}); err != nil {
		t.Fatalf("the CPU does not prove that it is the CPU: %v", err)
	}
	// The same session, said to be TensorRT's: its nodes are on the CPU.
	p, err := prove(o.bundle, "cpu", o.file, o.session, o.outputs, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if p.Placement["CPUExecutionProvider"] == 0 || p.Parity.Pictures < 4 || p.Parity.Embedding.Worst < 0.999999 {
		t.Errorf(`got %+v; want p.Placement["CPUExecutionProvider"] != 0, p.Parity.Pictures >= 4, p.Parity.Embedding.Worst >= 0.999999`, p)
	}
	err = p.Placement.check("tensorrt")
	if err == nil || !strings.Contains(err.Error(), "tensorrt started, but took no node of the model: it runs on map[CPUExecutionProvider:") {
		t.Errorf("a session on the CPU passes for TensorRT's: %v", err)
	}
	for _, bad := range []string{"", "{}", "[]", `[{"cat": "Node", "args": {}}]`} {
		if _, err := parseProfile([]byte(bad)); err == nil {
			t.Errorf("the profile %q was taken", bad)
		}
	}
}

func TestTheParityGateRefusesABadEngine(t *testing.T) {
	o := openForProof(t)
	pictures, err := parityPictures(o.bundle)
	if err != nil {
		t.Fatal(err)
	}
	good := embedder(o.session, &o.bundle.Manifest.Image, 1)
	// harmed spoils the embedding of the picture at a place in the run.
	harmed := func(harm func(place int, v []float32)) embedding {
		return func(pictures [][]float32) ([][][]float32, error) {
			all, err := good(pictures)
			for i := range all {
				harm(i, all[i][0])
			}
			return all, err
		}
	}
	noise := func(size float64) func(int, []float32) {
		return func(_ int, v []float32) {
			norm := math.Sqrt(float64(len(v)) / 2)
			for i := range v {
				v[i] *= float32(1 + size*math.Sin(float64(7*i))*norm/2)
			}
		}
	}
	for name, c := range map[string]struct {
		candidate embedding
		pass      bool
	}{
		"none":             {good, true},
		"rounding of FP16": {harmed(noise(0.0005)), true},
		"noise":            {harmed(noise(0.5)), false},
		"zeros":            {harmed(func(_ int, v []float32) { clear(v) }), false},
		"not a number":     {harmed(func(_ int, v []float32) { v[0] = float32(math.NaN()) }), false},
		"the last of a batch alone": {harmed(func(place int, v []float32) {
			if place == 3 {
				clear(v[:len(v)/2])
			}
		}), false},
		"colours swapped": {func(pictures [][]float32) ([][][]float32, error) {
			var swapped [][]float32
			for _, p := range pictures {
				third := len(p) / 3
				swapped = append(swapped, slices.Concat(p[2*third:], p[third:2*third], p[:third]))
			}
			return good(swapped)
		}, false},
		"shorter by one value": {func(pictures [][]float32) ([][][]float32, error) {
			all, err := good(pictures)
			for i := range all {
				all[i][0] = all[i][0][1:]
			}
			return all, err
		}, false},
		"only the second output": {func(pictures [][]float32) ([][][]float32, error) {
			all, err := good(pictures)
			for i := range all {
				all[i] = append(all[i], make([]float32, 8))
			}
			return all, err
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			reference := good
			if name == "only the second output" {
				reference = func(pictures [][]float32) ([][][]float32, error) {
					all, err := good(pictures)
					for i := range all {
						all[i] = append(all[i], []float32{1, 0, 0, 0, 0, 0, 0, 0})
					}
					return all, err
				}
			}
			p, err := measureParity(pictures, 4, reference, c.candidate)
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Check(); (err == nil) != c.pass || err != nil && !errors.Is(err, ErrParity) {
				t.Errorf("%+v: %v", p, err)
			}
		})
	}
	if err := (Parity{}).Check(); !errors.Is(err, ErrParity) {
		t.Errorf("no picture at all gave %v", err)
	}
}

func TestARefusedEngineFollowsThePolicy(t *testing.T) {
	open := func(provider string) (string, *proof, error) {
		if provider == "tensorrt" {
			return "", nil, fmt.Errorf("build: %w", Parity{Pictures: 4, Embedding: Similarity{0.9, 0.2}}.Check())
		}
		return provider, &proof{Placement: Placement{ortNames[provider]: 3}}, nil
	}
	o := Options{Providers: []string{"tensorrt", "cuda", "cpu"}, Policy: "require"}
	if s, _, err := firstUsable(o, open); !errors.Is(err, ErrParity) || s != "" {
		t.Errorf("require: %q, %v", s, err)
	}
	o.Policy = "fallback"
	s, status, err := firstUsable(o, open)
	if err != nil || s != "cuda" || !status.Degraded || !strings.Contains(status.Reason, "tensorrt: build: the engine fails the parity gate") {
		t.Errorf(`fallback: %q, %+v, %v; want err == nil, s == "cuda", status.Degraded, strings.Contains(status.Reason, "tensorrt: build: the engine fails the parity gate")`, s, status, err)
	}
	if status.Placement["CUDAExecutionProvider"] != 3 {
		t.Errorf("the placement is %v", status.Placement)
	}
}

func TestAnEngineIsKeptApartByEverythingItIsBoundTo(t *testing.T) {
	base := engineKey{Model: strings.Repeat("ab", 32), GPU: "Orin", TensorRT: "10.3.0", Precision: "fp16", Input: "pixel_values", Size: 224, MaxBatch: 8}
	seen := map[string]bool{base.dir("c"): true}
	for name, change := range map[string]func(*engineKey){
		"model": func(k *engineKey) { k.Model = strings.Repeat("cd", 32) }, "GPU": func(k *engineKey) { k.GPU = "H100" },
		"TensorRT": func(k *engineKey) { k.TensorRT = "10.4.0" }, "precision": func(k *engineKey) { k.Precision = "fp32" },
		"size": func(k *engineKey) { k.Size = 336 }, "batch": func(k *engineKey) { k.MaxBatch = 4 }, "input": func(k *engineKey) { k.Input = "image" },
	} {
		k := base
		change(&k)
		if seen[k.dir("c")] {
			t.Errorf("another %s has the same folder", name)
		}
		seen[k.dir("c")] = true
	}
	o := tensorRTOptions(base, "dir")
	if o["trt_profile_max_shapes"] != "pixel_values:8x3x224x224" || o["trt_fp16_enable"] != "1" || o["trt_engine_cache_path"] != "dir" || o["trt_timing_cache_enable"] != "1" {
		t.Errorf(`the options are %v; want o["trt_profile_max_shapes"] == "pixel_values:8x3x224x224", o["trt_fp16_enable"] == "1", o["trt_engine_cache_path"] == "dir", o["trt_timing_cache_enable"] == "1"`, o)
	}
	base.Precision = "fp32"
	if o := tensorRTOptions(base, ""); o["trt_fp16_enable"] != "" || o["trt_engine_cache_enable"] != "" {
		t.Errorf("fp32 without a cache: %v", o)
	}
	b := openForProof(t)
	if k := b.file.engineKey(Options{}); k.Size != 32 || k.Input != "pixel_values" || k.Precision != "fp32" || k.MaxBatch != defaultMaxBatch || k.Model != b.bundle.Hash {
		t.Errorf(`the key is %+v; want k.Size == 32, k.Input == "pixel_values", k.Precision == "fp32", k.MaxBatch == defaultMaxBatch, k.Model == b.bundle.Hash`, k)
	}
}

func TestTheMachineIsReadFromItsFiles(t *testing.T) {
	desktop := fstest.MapFS{
		"proc/driver/nvidia/gpus/0000:01:00.0/information": {Data: []byte("Model: \t\t NVIDIA RTX A2000\nIRQ: 1\n")},
		"proc/self/maps": {Data: []byte("7f00-7f01 r-xp 0 08:01 1  /usr/lib/x86_64-linux-gnu/libnvinfer.so.10.3.0\n7f02-7f03 r-xp 0 08:01 1 /usr/lib/libnvinfer_plugin.so.9\n")},
	}
	if gpu, trt := readGPU(desktop), readTensorRT(desktop); gpu != "NVIDIA RTX A2000" || trt != "10.3.0" {
		t.Errorf("a desktop: %q, %q", gpu, trt)
	}
	jetson := fstest.MapFS{
		"proc/device-tree/model":                           {Data: []byte("NVIDIA Jetson AGX Orin\x00")},
		"usr/lib/aarch64-linux-gnu/libnvinfer.so.10":       {},
		"usr/lib/aarch64-linux-gnu/libnvinfer.so.10.3.0":   {},
		"usr/lib/aarch64-linux-gnu/libnvinfer_lean.so.9.9": {},
	}
	if gpu, trt := readGPU(jetson), readTensorRT(jetson); gpu != "NVIDIA Jetson AGX Orin" || trt != "10.3.0" {
		t.Errorf("a Jetson: %q, %q", gpu, trt)
	}
	if gpu, trt := readGPU(fstest.MapFS{}), readTensorRT(fstest.MapFS{}); gpu != unknownPart || trt != unknownPart {
		t.Errorf("neither: %q, %q", gpu, trt)
	}
}

func TestOpenVINOKeepsTheModelsPrecisionUnlessAskedOnAnotherDevice(t *testing.T) {
	for _, c := range []struct{ device, precision, want string }{
		{"CPU", "fp32", "ACCURACY"}, {"CPU", "fp16", "ACCURACY"}, {"GPU", "", "ACCURACY"}, {"GPU", "fp16", "FP16"},
	} {
		o := openvinoOptions(c.device, "dir", Options{Precision: c.precision, Threads: 2})
		if o["precision"] != c.want || o["device_type"] != c.device || o["num_of_threads"] != "2" || o["cache_dir"] != "dir" {
			t.Errorf(`%+v: %v; want o["precision"] == c.want, o["device_type"] == c.device, o["num_of_threads"] == "2", o["cache_dir"] == "dir"`, c, o)
		}
	}
}
