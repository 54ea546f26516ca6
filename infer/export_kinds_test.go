package infer

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"pristine/infer/bundle"
	"pristine/infer/onnxfile"
)

// half rounds to IEEE 754 binary16, to the nearest, and clamps what is out of
// its range as exporters do.
func half(v float32) uint16 {
	v = max(min(v, 1e4), -1e4)
	sign := uint16(0)
	if math.Signbit(float64(v)) {
		sign, v = 1<<15, -v
	}
	fraction, exponent := math.Frexp(float64(v)) // v = fraction · 2^exponent, fraction in [0.5, 1)
	switch {
	case v == 0:
		return sign
	case exponent < -13: // subnormal
		return sign | uint16(math.RoundToEven(math.Ldexp(float64(v), 24)))
	default:
		return sign | uint16(int(math.RoundToEven(fraction*2048))-1024+(exponent+14)<<10)
	}
}

// toHalf makes a model float16 from its inputs to its outputs, as an export
// with --dtype fp16 is.
func toHalf(t *testing.T, path string) {
	t.Helper()
	retype(t, path, onnxfile.Float16, func(raw []byte) []byte {
		var out []byte
		for ; len(raw) > 0; raw = raw[4:] {
			out = binary.LittleEndian.AppendUint16(out, half(math.Float32frombits(binary.LittleEndian.Uint32(raw))))
		}
		return out
	})
}

// retype changes the element type of the float32 inputs, outputs, weights and casts of
// a model.
func retype(t *testing.T, path string, elem uint64, convert func([]byte) []byte) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	setVarint := func(message []byte, number protowire.Number, from, to uint64) (out []byte, changed bool) {
		for len(message) > 0 {
			got, kind, n := protowire.ConsumeTag(message)
			size := protowire.ConsumeFieldValue(got, kind, message[n:])
			if v, _ := protowire.ConsumeVarint(message[n:]); got == number && kind == protowire.VarintType && v == from {
				out, changed = protowire.AppendVarint(protowire.AppendTag(out, number, kind), to), true
			} else {
				out = append(out, message[:n+size]...)
			}
			message = message[n+size:]
		}
		return out, changed
	}
	value := func(v []byte) []byte {
		return rewrite(v, 2, func(kind []byte) []byte {
			return rewrite(kind, 1, func(tensor []byte) []byte {
				tensor, _ = setVarint(tensor, 1, onnxfile.Float32, elem)
				return tensor
			})
		})
	}
	changed := rewrite(data, 7, func(graph []byte) []byte {
		graph = rewrite(graph, 5, func(tensor []byte) []byte {
			tensor, float := setVarint(tensor, 2, onnxfile.Float32, elem)
			if !float || convert == nil {
				return tensor
			}
			return rewrite(tensor, 9, convert)
		})
		graph = rewrite(graph, 1, func(node []byte) []byte {
			if !strings.Contains(string(node), "Cast") {
				return node
			}
			return rewrite(node, 5, func(attribute []byte) []byte {
				attribute, _ = setVarint(attribute, 3, onnxfile.Float32, elem)
				return attribute
			})
		})
		return rewrite(rewrite(graph, 11, value), 12, value)
	})
	if err := os.WriteFile(path, changed, 0o600); err != nil {
		t.Fatal(err)
	}
}

// embeddings opens an export and encodes pictures and texts with it.
func embeddings(t *testing.T, dir string, words ...string) (pictures, texts [][]float32) {
	t.Helper()
	library, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	b, err := bundle.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	images, err := NewImageEncoder(library, b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer images.Close()
	encoder, err := NewTextEncoder(library, b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer encoder.Close()
	if texts, err = encoder.Encode(context.Background(), words); err != nil {
		t.Fatal(err)
	}
	shots := []Picture{{Pix: picture(97, 61), Width: 97, Height: 61}, {Pix: picture(40, 83), Width: 40, Height: 83}, {Pix: picture(32, 32), Width: 32, Height: 32}}
	outputs := make([]Output, len(shots))
	if _, err := images.Encode(context.Background(), shots, outputs); err != nil {
		t.Fatal(err)
	}
	for i := range outputs {
		pictures = append(pictures, outputs[i].Embedding)
	}
	return pictures, texts
}

// near checks that unit vectors differ by at most d in each number.
func near(t *testing.T, what string, got, want [][]float32, d float64) {
	t.Helper()
	largest := 0.0
	for i := range want {
		for k := range want[i] {
			largest = max(largest, math.Abs(float64(got[i][k]-want[i][k])))
		}
	}
	if !(largest <= d) {
		t.Errorf("%s differ by %.6f, want at most %v", what, largest, d)
	}
}

var exportModels = map[string][]string{"clip": {"vision_model", "text_model"}, "clip-gelu": {"model"}, "siglip": {"vision_model", "text_model"}}

// Half-precision inputs and outputs are read as an export has them.
func TestExport_Float16(t *testing.T) {
	words := []string{"a photo of a scratched part", "it's a café — naïve №5", "a"}
	for name, models := range exportModels {
		t.Run(name, func(t *testing.T) {
			dir := export(t, name)
			wantPictures, wantTexts := embeddings(t, dir, words...)
			before, err := bundle.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, model := range models {
				toHalf(t, filepath.Join(dir, "onnx", model+".onnx"))
			}
			b, err := bundle.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := b.Manifest.LogitScale, before.Manifest.LogitScale; math.Abs(got-want) > want/1000 {
				t.Errorf("the logit scale is %v, want %v", got, want)
			}
			pictures, texts := embeddings(t, dir, words...)
			near(t, "embeddings of pictures", pictures, wantPictures, 1e-3)
			near(t, "embeddings of texts", texts, wantTexts, 1e-3)
			if pictures[0][0] == wantPictures[0][0] {
				t.Error("float16 gives the numbers of float32: it was not made")
			}
		})
	}
}

// Both kinds of half precision and external data at once, as large exports have.
func TestExport_Float16WithExternalData(t *testing.T) {
	dir := export(t, "clip-gelu")
	file := filepath.Join(dir, "onnx", "model.onnx")
	toHalf(t, file)
	wantPictures, wantTexts := embeddings(t, dir, "a part")
	externalise(t, file, "model.onnx_data")
	pictures, texts := embeddings(t, dir, "a part")
	near(t, "embeddings of pictures", pictures, wantPictures, 0)
	near(t, "embeddings of texts", texts, wantTexts, 0)
}

// External data has the name that the model gives it, whatever wrote it.
func TestExport_NamesOfExternalData(t *testing.T) {
	for _, name := range []string{"model.onnx_data", "model.onnx.data", "160ea76f-918f-11f1-8428-cc15316249d1.data", "vision.patch"} {
		t.Run(name, func(t *testing.T) {
			dir := export(t, "clip-gelu")
			wantPictures, wantTexts := embeddings(t, dir, "a part")
			externalise(t, filepath.Join(dir, "onnx", "model.onnx"), name)
			snapshot := cached(t, dir, "models--a--b")
			pictures, texts := embeddings(t, snapshot, "a part")
			near(t, "embeddings of pictures", pictures, wantPictures, 1e-6)
			near(t, "embeddings of texts", texts, wantTexts, 1e-6)
		})
	}
}

func TestExport_OtherElementTypes(t *testing.T) {
	for elem, want := range map[uint64]string{
		onnxfile.BFloat16: `its input "pixel_values" is bfloat16, wanted float32 or float16: export it with --dtype fp32 or fp16`,
		onnxfile.Uint8:    `its input "pixel_values" is uint8, wanted float32 or float16: export it with --dtype fp32 or fp16`,
		onnxfile.Double:   `its input "pixel_values" is float64, wanted float32 or float16`,
	} {
		t.Run(onnxfile.TypeName(int(elem)), func(t *testing.T) {
			dir := export(t, "clip")
			retype(t, filepath.Join(dir, "onnx", "vision_model.onnx"), elem, nil)
			if _, err := bundle.Open(dir); !errors.Is(err, bundle.ErrExport) || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v\nwant … %s …", err, want)
			}
		})
	}
}

// setBatch fixes the size of the batch of a model's input.
func setBatch(t *testing.T, path, input string, n uint64) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	changed := rewrite(data, 7, func(graph []byte) []byte {
		return rewrite(graph, 11, func(v []byte) []byte {
			if !strings.Contains(string(v), input) {
				return v
			}
			return rewrite(v, 2, func(kind []byte) []byte {
				return rewrite(kind, 1, func(tensor []byte) []byte {
					return rewrite(tensor, 2, func(shape []byte) []byte {
						first := true
						return rewrite(shape, 1, func(dim []byte) []byte {
							if first {
								first, found = false, true
								return protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), n)
							}
							return dim
						})
					})
				})
			})
		})
	})
	if err := os.WriteFile(path, changed, 0o600); err != nil || !found {
		t.Fatalf("%s has no %s, or %v", path, input, err)
	}
}

func TestExport_FixedBatch(t *testing.T) {
	for name, models := range exportModels {
		t.Run(name, func(t *testing.T) {
			dir := export(t, name)
			wantPictures, wantTexts := embeddings(t, dir, "a part", "a scratched part")
			file := func(i int) string { return filepath.Join(dir, "onnx", models[min(i, len(models)-1)]+".onnx") }
			setBatch(t, file(0), "pixel_values", 1)
			setBatch(t, file(1), "input_ids", 1)
			pictures, texts := embeddings(t, dir, "a part", "a scratched part")
			near(t, "embeddings of pictures", pictures, wantPictures, 1e-5)
			near(t, "embeddings of texts", texts, wantTexts, 1e-5)
			setBatch(t, file(0), "pixel_values", 4)
			if _, err := bundle.Open(dir); err == nil || !strings.Contains(err.Error(), "takes 4 pictures at a time: export it with a free batch size, or with 1") {
				t.Errorf("pictures by four: %v", err)
			}
			setBatch(t, file(0), "pixel_values", 1)
			setBatch(t, file(1), "input_ids", 2)
			if _, err := bundle.Open(dir); err == nil || !strings.Contains(err.Error(), "takes 2 texts at a time: export it with a free batch size, or with 1") {
				t.Errorf("texts by two: %v", err)
			}
		})
	}
}

// cached moves an export into a repository of Hugging Face's cache: each file is
// a link to one that is named by a hash.
func cached(t *testing.T, dir, repository string) (snapshot string) {
	t.Helper()
	root := filepath.Join(t.TempDir(), repository)
	snapshot, blobs := filepath.Join(root, "snapshots", "0123abc"), filepath.Join(root, "blobs")
	if err := errors.Join(os.MkdirAll(blobs, 0o755), os.MkdirAll(filepath.Join(root, "refs"), 0o755), os.WriteFile(filepath.Join(root, "refs", "main"), []byte("0123abc"), 0o600)); err != nil {
		t.Fatal(err)
	}
	n := 0
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		n++
		blob := filepath.Join(blobs, fmt.Sprintf("%064x", n))
		inside, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		link := filepath.Join(snapshot, inside)
		if err := errors.Join(os.Rename(path, blob), os.MkdirAll(filepath.Dir(link), 0o755)); err != nil {
			return err
		}
		target, err := filepath.Rel(filepath.Dir(link), blob)
		if err != nil {
			return err
		}
		return os.Symlink(target, link)
	})
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

// SigLIP 2's tokenizer.json does not say that texts are lower-cased.
func TestExport_LowercasesWhatSigLIPWasTrainedOn(t *testing.T) {
	dir := export(t, "siglip")
	file := filepath.Join(dir, "tokenizer.json")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(data), `{"type":"Lowercase"}`, `{"type":"NFC"}`, 1)
	if changed == string(data) {
		t.Fatal("the tokenizer has no Lowercase")
	}
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	_, texts := embeddings(t, dir, "a scratched PCB", "a scratched pcb", "a scratched part")
	near(t, "PCB and pcb", texts[:1], texts[1:2], 0)
	if Cosine(texts[0], texts[2]) > 0.9999 {
		t.Error("another text has the same embedding: the test cannot fail")
	}
}

// A model and its external data are links out of their folder.
func TestExport_InHuggingFacesCache(t *testing.T) {
	for name, models := range exportModels {
		t.Run(name, func(t *testing.T) {
			dir := export(t, name)
			wantPictures, wantTexts := embeddings(t, dir, "a part")
			for _, model := range models {
				externalise(t, filepath.Join(dir, "onnx", model+".onnx"), model+".onnx_data")
			}
			snapshot := cached(t, dir, "models--openai--clip-vit-base-patch32")
			for _, open := range []string{snapshot, filepath.Dir(filepath.Dir(snapshot))} {
				pictures, texts := embeddings(t, open, "a part")
				near(t, "embeddings of pictures", pictures, wantPictures, 1e-6)
				near(t, "embeddings of texts", texts, wantTexts, 1e-6)
				if b, err := bundle.Open(open); err != nil || b.Manifest.Name != "clip-vit-base-patch32" {
					t.Errorf("%s: the bundle is named %q, %v; want that of the repository", open, b.Manifest.Name, err)
				}
			}
		})
	}
}
