package plc

import (
	"context"
	"slices"
	"testing"

	"pristine/inspect"
)

// In shadow ResultOK never rises and the verdict register stays 0: neither of
// two ways in which a controller may read a result lets it act.
func TestUnit_ShadowNeverSetsResultOK(t *testing.T) {
	for verdict, code := range verdictCodes {
		c := connect(t, func(context.Context, string) (inspect.Answer, error) {
			return inspect.Answer{Verdict: verdict, Defect: 0.5, Standing: inspect.Standing{Shadow: true}}, nil
		})
		c.until(true, false, false, false)
		c.trigger(true)
		c.until(false, false, true, false)
		got, err := c.client.ReadDiscreteInputs(Shadow, 1)
		if err != nil || !got[0] {
			t.Errorf("%s: the Shadow input is %v (%v), want true", verdict, got, err)
		}
		if r := c.registers(); r[VerdictCode] != 0 || r[ShadowVerdictCode] != code || r[DefectPermille] != 500 {
			t.Errorf("%s: registers %v, want code 0, shadow code %d, 500 permille", verdict, r, code)
		}
		c.trigger(false)
		c.until(true, false, false, false)
		if got, err = c.client.ReadDiscreteInputs(Shadow, 1); err != nil || got[0] {
			t.Errorf("%s: the Shadow input stays %v (%v) after the handshake", verdict, got, err)
		}
		if r := c.registers(); slices.Max(r[:PartHigh]) != 0 || r[ShadowVerdictCode] != 0 {
			t.Errorf("%s: registers %v after the handshake, want no verdict", verdict, r)
		}
	}
}
