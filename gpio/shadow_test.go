package gpio

import (
	"context"
	"testing"

	"pristine/inspect"
)

// While a prompt set is in shadow neither Pass nor Reject is driven, whatever
// the verdict, unless the configuration names one of them.
func TestPort_ShadowDrivesNoOutput(t *testing.T) {
	for name, shadow := range map[string]signal{"none": 0, "pass": pass, "reject": reject} {
		t.Run(name, func(t *testing.T) {
			if got := (&Lines{InShadow: name}).inShadow(); got != shadow {
				t.Fatalf("in_shadow %q is output %03b, want %03b", name, got, shadow)
			}
			for _, verdict := range []inspect.Verdict{inspect.Pass, inspect.Review, inspect.Fail, inspect.Invalid} {
				w := wireShadow(t, func(context.Context, string) (inspect.Answer, error) {
					a := inspect.Answer{Verdict: verdict, Standing: inspect.Standing{Shadow: true}}
					if verdict == inspect.Invalid {
						return a, inspect.ErrMissed
					}
					return a, nil
				}, shadow)
				w.edge(risingEdge)
				w.expect(busy)
				w.expect(shadow)
				w.close()
			}
		})
	}
}
