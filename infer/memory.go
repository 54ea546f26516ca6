package infer

import (
	"errors"
	"fmt"
	"strings"
)

// ErrMemory is returned within an error when the machine, or its accelerator,
// has too little memory for a model.
var ErrMemory = errors.New("there is not enough memory for it")

// shortages are how ONNX Runtime, C++ and CUDA say it; they have no code for it.
var shortages = []string{"failed to allocate memory", "bad_alloc", "out of memory", "available memory"}

// explain says what to do where ONNX Runtime ran out of memory.
func explain(err error) error {
	if err == nil {
		return nil
	}
	text := strings.ToLower(err.Error())
	for _, shortage := range shortages {
		if strings.Contains(text, shortage) {
			return fmt.Errorf("%w: lower model.max_batch, use a smaller model or one in fp16, or end other programs: %w", ErrMemory, err)
		}
	}
	return err
}
