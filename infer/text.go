package infer

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"sync"
	"time"

	ort "github.com/yalue/onnxruntime_go"

	"pristine/infer/bundle"
	"pristine/infer/onnxfile"
	"pristine/infer/tokenizer"
)

// TextEncoder encodes texts. Its session rests while there are none: see textRest.
type TextEncoder struct {
	bundle    *bundle.Bundle
	tokenizer *tokenizer.Tokenizer
	status    Status
	short     []bool // which inputs take numbers of 32 bits
	mu        sync.Mutex
	session   *ort.DynamicAdvancedSession // nil while it rests
	again     *reopening                  // nil where it never rests
	used      time.Time                   // last
}

// NewTextEncoder opens a bundle's text encoder and its tokenizer.
func NewTextEncoder(_ *Library, b *bundle.Bundle, o Options) (*TextEncoder, error) {
	m := &b.Manifest.Text
	words, err := tokenizer.Load(filepath.Join(b.Dir, "tokenizer.json"))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	if m.Lowercase {
		words.Lowercase()
	}
	file, err := readModel(b, m.File, []string{m.Output})
	if err != nil {
		return nil, err
	}
	inputs := []string{m.Inputs.IDs}
	if m.Inputs.Mask != "" {
		inputs = append(inputs, m.Inputs.Mask)
	}
	if err := file.takes([]int{onnxfile.Int64, onnxfile.Int32}, inputs...); err != nil {
		return nil, err
	}
	// Text is encoded when prompts change, not a frame: the CPU serves.
	o.Providers = nil
	again := newReopening(file, inputs, []string{m.Output}, o) // before the name can have another file
	session, status, err := openSession(file, inputs, []string{m.Output}, o, nil)
	if err != nil {
		if again != nil {
			again.close()
		}
		return nil, err
	}
	t := &TextEncoder{bundle: b, tokenizer: words, status: status, session: session, again: again}
	for _, name := range inputs {
		t.short = append(t.short, file.inputs[name].Type == onnxfile.Int32)
	}
	if _, err := t.Encode(context.Background(), []string{"a"}); err != nil {
		t.Close()
		return nil, fmt.Errorf("%w: %s: %w", ErrModel, file.path, err)
	}
	trim()
	return t, nil
}

// bytesPerToken is more than a token of any prompt has; a text of more bytes
// than that for each of the context's tokens is not even split, which would take
// the square of its length where blanks do not part words.
const bytesPerToken = 64

// Tokens returns a text's token ids, with the special ones; an error where there
// are more than the model's context holds.
func (t *TextEncoder) Tokens(text string) ([]int64, error) {
	if limit := t.bundle.Manifest.Text.ContextLength; len(text) > bytesPerToken*limit {
		return nil, fmt.Errorf("the text %.60q has %d bytes, more than the %d tokens of the model can hold: shorten it", text, len(text), limit)
	}
	ids := t.tokenizer.Encode(text)
	if limit := t.bundle.Manifest.Text.ContextLength; len(ids) > limit {
		return nil, fmt.Errorf("the text %.60q has %d tokens, more than the %d of the model: shorten it", text, len(ids), limit)
	}
	return ids, nil
}

// Unknown counts the words of a text that the tokenizer does not know at all.
func (t *TextEncoder) Unknown(text string) int {
	return t.tokenizer.Unknown(text)
}

// Encode returns the unit embedding [dim] of each text. A cancelled context ends
// it between two texts.
func (t *TextEncoder) Encode(ctx context.Context, texts []string) ([][]float32, error) {
	all := make([][]float32, 0, len(texts))
	for _, text := range texts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		// One at a time: padding changes the result of a dynamically
		// quantised encoder in the third decimal, and so would make an
		// embedding depend on its neighbours.
		e, err := t.encode(text)
		if err != nil {
			return nil, fmt.Errorf("encode text: %w", err)
		}
		all = append(all, e)
	}
	return all, nil
}

func (t *TextEncoder) encode(text string) ([]float32, error) {
	ids, err := t.Tokens(text)
	if err != nil {
		return nil, err
	}
	rows := t.pad(ids)
	inputs := make([]ort.Value, 0, len(t.short))
	defer func() {
		for _, v := range inputs {
			_ = v.Destroy()
		}
	}()
	for i, short := range t.short {
		v, err := row(rows[i], short)
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, v)
	}
	dim := t.bundle.Manifest.EmbeddingDim
	output, err := ort.NewEmptyTensor[float32](ort.NewShape(1, int64(dim)))
	if err != nil {
		return nil, err
	}
	defer func() { _ = output.Destroy() }()
	if err := t.use(func(s *ort.DynamicAdvancedSession) error { return s.Run(inputs, []ort.Value{output}) }); err != nil {
		return nil, explain(err)
	}
	return unit(append([]float32(nil), output.GetData()...)), nil
}

// pad returns the ids, and the mask of those that the encoder attends to, as long
// as the manifest wants them.
func (t *TextEncoder) pad(ids []int64) [2][]int64 {
	m := &t.bundle.Manifest.Text
	mask := make([]int64, len(ids), m.ContextLength)
	for i := range mask {
		mask[i] = 1
	}
	for m.Pad != "none" && len(ids) < m.ContextLength {
		ids = append(ids, m.PadID)
		attended := int64(0)
		if m.Pad == "attended" {
			attended = 1
		}
		mask = append(mask, attended)
	}
	return [2][]int64{ids, mask}
}

// row makes a tensor [1, len(numbers)], of 32 bits where the model wants those.
func row(numbers []int64, short bool) (ort.Value, error) {
	shape := ort.NewShape(1, int64(len(numbers)))
	if !short {
		return ort.NewTensor(shape, numbers)
	}
	narrow := make([]int32, len(numbers))
	for i, n := range numbers {
		narrow[i] = int32(n)
	}
	return ort.NewTensor(shape, narrow)
}

func unit(v []float32) []float32 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if sum == 0 {
		return v
	}
	for i := range v {
		v[i] = float32(float64(v[i]) / math.Sqrt(sum))
	}
	return v
}

// Close frees the C memory. No other method may be called afterwards.
func (t *TextEncoder) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.again != nil {
		t.again.close()
		t.again = nil
	}
	if t.session != nil {
		_ = t.session.Destroy()
		t.session = nil
	}
}
