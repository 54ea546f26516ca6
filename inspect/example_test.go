package inspect_test

import (
	"context"
	"errors"
	"fmt"
	"io"

	"pristine/capture"
	"pristine/inspect"
	"pristine/inspect/health"
	"pristine/prompts"
)

// belt delivers two frames: a clean part, then a scratched one.
type belt struct{ parts []string }

func (b *belt) Take(_ context.Context, f *capture.Frame) error {
	if len(b.parts) == 0 {
		return io.EOF
	}
	f.Resize(8, 8)
	for i := range f.Pix {
		f.Pix[i] = 100
	}
	f.Part, f.PartEnd = b.parts[0], true
	b.parts = b.parts[1:]
	return nil
}

// model stands for an encoder and a bank: it scores a part by its name.
type model struct{ part string }

func (m *model) Encode(_ context.Context, f *capture.Frame, _ *prompts.Observation) error {
	m.part = f.Part
	if m.part == "" {
		return errors.New("a frame without a part")
	}
	return nil
}

func (m *model) Score(_ *prompts.Observation, s *prompts.Scores) error {
	s.Defect = map[string]float64{"clean": 0.1, "scratched": 0.9}[m.part]
	return nil
}

func (m *model) Thresholds() prompts.Thresholds { return prompts.Thresholds{Review: 0.4, Fail: 0.6} }
func (m *model) Needs() prompts.Needs           { return prompts.Needs{} }
func (m *model) Armed() (bool, string)          { return true, "validated" }

type printer struct{}

func (printer) Publish(_ context.Context, r *inspect.Result) error {
	fmt.Println(r.Part, r.Verdict)
	return nil
}

func ExampleStation() {
	m := &model{}
	station := inspect.New(inspect.Options{Camera: "belt", Limits: inspect.Limits{N: 1, M: 1}, Health: health.Limits{BlackMean: 8}},
		&belt{[]string{"clean", "scratched"}}, m, func() inspect.Scorer { return m }, printer{})
	if err := station.Run(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// clean PASS
	// scratched FAIL
}
