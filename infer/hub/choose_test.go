package hub

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// The image processor's file is either of two, and tokenizer_config.json comes
// along where there is one.
func TestChoose_ProcessorFiles(t *testing.T) {
	models := []string{"onnx/vision_model.onnx", "onnx/text_model.onnx", "config.json", "tokenizer.json", "README.md"}
	for name, tc := range map[string]struct {
		more, want []string
		err        string
	}{
		"transformers 4": {[]string{"preprocessor_config.json", "special_tokens_map.json"}, []string{"preprocessor_config.json", "special_tokens_map.json"}, ""},
		"transformers 5": {[]string{"processor_config.json", "tokenizer_config.json"}, []string{"processor_config.json", "tokenizer_config.json"}, ""},
		"both":           {[]string{"preprocessor_config.json", "processor_config.json"}, []string{"preprocessor_config.json", "processor_config.json"}, ""},
		"neither":        {nil, nil, "preprocessor_config.json or processor_config.json"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := choose(append(slices.Clone(models), tc.more...), "")
			if tc.err != "" {
				if !errors.Is(err, ErrAbsent) || !strings.Contains(err.Error(), tc.err) {
					t.Errorf("got %v, want %s", err, tc.err)
				}
				return
			}
			want := append(slices.Clone(models[:4]), tc.want...)
			slices.Sort(got)
			slices.Sort(want)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("got %v, %v; want %v", got, err, want)
			}
		})
	}
}
