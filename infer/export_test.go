package infer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"pristine/infer/bundle"
	"pristine/infer/onnxfile"
	"pristine/internal/untar"
)

func export(t *testing.T, name string) string {
	t.Helper()
	return untar.Gzip(t, "testdata/exports/"+name+".tar.gz")
}

func TestAModelOfAnotherShapeIsRefusedWhenItIsOpened(t *testing.T) {
	library, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	bundle, err := bundle.Open(export(t, "clip"))
	if err != nil {
		t.Fatal(err)
	}
	bundle.Manifest.EmbeddingDim = 7
	if _, err := NewImageEncoder(library, bundle, Options{}); !errors.Is(err, ErrModel) || !strings.Contains(err.Error(), "embedding_dim is 7") {
		t.Errorf("image encoder: %v", err)
	}
	if _, err := NewTextEncoder(library, bundle, Options{}); !errors.Is(err, ErrModel) {
		t.Errorf("text encoder: %v", err)
	}
}

// externalise moves the largest weight of a model into a file beside it, as
// exporters do with models above 2 GB.
func externalise(t *testing.T, path, beside string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var weights []byte
	changed := rewrite(data, 7, func(graph []byte) []byte {
		return rewrite(graph, 5, func(tensor []byte) []byte {
			moved := rewrite(tensor, 9, func(raw []byte) []byte {
				if len(raw) < 8192 {
					return raw
				}
				entry := func(key, value string) []byte {
					b := protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), key)
					b = protowire.AppendString(protowire.AppendTag(b, 2, protowire.BytesType), value)
					return protowire.AppendBytes(protowire.AppendTag(nil, 13, protowire.BytesType), b)
				}
				tensor = append(entry("location", beside), entry("offset", fmt.Sprint(len(weights)))...)
				tensor = append(tensor, entry("length", fmt.Sprint(len(raw)))...)
				tensor = protowire.AppendVarint(protowire.AppendTag(tensor, 14, protowire.VarintType), 1)
				weights = append(weights, raw...)
				return nil
			})
			if len(tensor) < len(moved) || !bytes.HasPrefix(tensor, []byte{13<<3 | 2}) {
				return moved
			}
			return append(dropEmpty(moved), tensor...)
		})
	})
	if len(weights) == 0 {
		t.Fatal("no weight is large enough")
	}
	if err := errors.Join(os.WriteFile(path, changed, 0o600), os.WriteFile(filepath.Join(filepath.Dir(path), beside), weights, 0o600)); err != nil {
		t.Fatal(err)
	}
}

// rewrite changes the fields of one number in a message.
func rewrite(message []byte, number protowire.Number, change func([]byte) []byte) []byte {
	var out []byte
	for len(message) > 0 {
		got, kind, n := protowire.ConsumeTag(message)
		size := protowire.ConsumeFieldValue(got, kind, message[n:])
		if got == number && kind == protowire.BytesType {
			value, _ := protowire.ConsumeBytes(message[n:])
			out = protowire.AppendBytes(protowire.AppendTag(out, number, kind), change(value))
		} else {
			out = append(out, message[:n+size]...)
		}
		message = message[n+size:]
	}
	return out
}

// dropEmpty takes the emptied raw data out of a tensor.
func dropEmpty(tensor []byte) []byte {
	return bytes.Replace(tensor, []byte{9<<3 | 2, 0}, nil, 1)
}

func TestExternalDataIsFoundAndMissed(t *testing.T) {
	library, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{"clip": "text_model.onnx", "clip-gelu": "model.onnx"} {
		t.Run(name, func(t *testing.T) {
			embed := func(dir string) []float32 {
				bundle, err := bundle.Open(dir)
				if err != nil {
					t.Fatal(err)
				}
				texts, err := NewTextEncoder(library, bundle, Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer texts.Close()
				out, err := texts.Encode(context.Background(), []string{"a photo"})
				if err != nil {
					t.Fatal(err)
				}
				return out[0]
			}
			dir := export(t, name)
			want := embed(dir)
			externalise(t, filepath.Join(dir, "onnx", file), file+"_data")
			if c := Cosine(embed(dir), want); !(c > 0.999999) {
				t.Errorf("with external data the cosine is %v", c)
			}
			data := filepath.Join(dir, "onnx", file+"_data")
			if err := os.Truncate(data, 100); err != nil {
				t.Fatal(err)
			}
			if _, err := bundle.Open(dir); !errors.Is(err, onnxfile.ErrExternal) || !strings.Contains(err.Error(), "has 100 bytes") {
				t.Errorf("too short: %v", err)
			}
			if err := os.Remove(data); err != nil {
				t.Fatal(err)
			}
			if _, err := bundle.Open(dir); !errors.Is(err, onnxfile.ErrExternal) || !strings.Contains(err.Error(), "copy that file beside it") {
				t.Errorf("missing: %v", err)
			}
		})
	}
}
