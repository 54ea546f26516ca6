package infer

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/infer/bundle"

	"google.golang.org/protobuf/encoding/protowire"
)

// bloat makes a model add the largest of 2^46 zeros to its output: more bytes
// than a process can address.
func bloat(t *testing.T, path, output string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := func(to []byte, number protowire.Number, value string) []byte {
		return protowire.AppendString(protowire.AppendTag(to, number, protowire.BytesType), value)
	}
	message := func(to []byte, number protowire.Number, value []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(to, number, protowire.BytesType), value)
	}
	number := func(to []byte, number protowire.Number, value uint64) []byte {
		return protowire.AppendVarint(protowire.AppendTag(to, number, protowire.VarintType), value)
	}
	node := func(kind, in, out string) []byte { return text(text(text(nil, 1, in), 2, out), 4, kind) }
	keepdims := number(number(text(nil, 1, "keepdims"), 20, 2), 3, 0)
	zeros := message(nil, 1, node("ConstantOfShape", "much", "zeros"))
	zeros = message(zeros, 1, message(node("ReduceMax", "zeros", "largest zero"), 5, keepdims))
	shape := message(text(number(number(nil, 1, 1), 2, 7), 8, "much"), 9, binary.LittleEndian.AppendUint64(nil, 1<<46))
	changed := rewrite(data, 7, func(graph []byte) []byte {
		graph = rewrite(graph, 1, func(n []byte) []byte {
			if !bytes.Contains(n, text(nil, 2, output)) {
				return n
			}
			return rewrite(text(bytes.Clone(n), 1, "largest zero"), 4, func([]byte) []byte { return []byte("Add") })
		})
		return message(append(zeros, graph...), 5, shape)
	})
	if err := os.WriteFile(path, changed, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestTooLittleMemoryIsSaidWithWhatToDo(t *testing.T) {
	library, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	dir := export(t, "clip")
	bloat(t, filepath.Join(dir, "onnx", "vision_model.onnx"), "image_embeds")
	bundle, err := bundle.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = NewImageEncoder(library, bundle, Options{})
	if !errors.Is(err, ErrMemory) || !errors.Is(err, ErrModel) || !strings.Contains(err.Error(), "lower model.max_batch") {
		t.Errorf(`got %v; want errors.Is(err, ErrMemory), errors.Is(err, ErrModel), strings.Contains(err.Error(), "lower model.max_batch")`, err)
	}
}
