package challenge

import "pristine/evaluate"

// cues returns the AUROC of trivial measures of a picture, which need no model, in the
// direction that ranks better. A value far from 0.5 means that the measure reveals
// planted defects.
func (out *Outcome) cues() map[string]float64 {
	figures := map[string]float64{}
	good, bad := map[string][]float64{}, map[string][]float64{}
	add := func(to map[string][]float64, p *Picture) {
		c := evaluate.NewCues(p.Pix, p.Width, p.Height)
		for name, v := range map[string]float64{"brightness": c.Brightness, "gradient": c.Gradient, "contrast": c.Contrast} {
			to[name] = append(to[name], v)
		}
	}
	for _, p := range out.Pictures {
		add(good, p)
	}
	for i := range out.Trials {
		if t := &out.Trials[i]; t.Scores != nil {
			if planted, ok := out.Plant(t); ok {
				add(bad, planted.Picture)
			}
		}
	}
	for name := range good {
		a := evaluate.AUROC(good[name], bad[name])
		figures[name] = max(a, 1-a)
	}
	return figures
}
