package infer

import (
	"errors"
	"fmt"
	"strings"
)

// ErrMemory is wrapped by an error that is returned if the machine, or its accelerator,
// has too little memory for a model.
var ErrMemory = errors.New("there is not enough memory for it")

// shortages are the messages of ONNX Runtime, C++ and CUDA for lack of memory. There is
// no error code for it.
var shortages = []string{"failed to allocate memory", "bad_alloc", "out of memory", "available memory"}

// explain adds a remedy if ONNX Runtime ran out of memory.
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
