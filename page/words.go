package page

import (
	"fmt"
	"strings"

	"pristine/history"
)

// reasons say a verdict's reason in words.
var reasons = map[string]string{
	"unknown": "it looks like neither a good part nor a known defect", "borderline": "its score lies between the two thresholds", "severity": "the likeliest defect may not fail a part by itself",
	"unconfirmed": "too few frames agree", "no_frame": "no picture came in time", "late": "the verdict came after the trigger's deadline", "model_not_ready": "the model is not ready",
	"learning": "the camera is learning from this part", "damaged": "the picture is damaged", "wrong_size": "the picture has the wrong size", "frozen": "the picture does not change", "stale": "the picture is too old",
	"black": "the picture is black", "overexposed": "the picture is overexposed", "blurred": "the picture is blurred", "moved": "the camera has moved", "light": "the light has changed", "banding": "the picture has bands",
	"colour_order": "red and blue are exchanged",
}

// sentence says what was decided, and why.
func sentence(r history.Result) string {
	var s string
	switch r.Verdict {
	case "PASS":
		s = "PASS"
		if r.Defect != nil {
			s = fmt.Sprintf("PASS: the score, %.2f, is below %.2f", *r.Defect, r.Review)
		}
	case "FAIL":
		s = "FAIL"
		if r.Defect != nil {
			s = fmt.Sprintf("FAIL: the score, %.2f, reaches %.2f", *r.Defect, r.Fail)
			if r.Of > 1 {
				s = fmt.Sprintf("FAIL: %d of %d frames reach %.2f", r.Agreed, r.Of, r.Fail)
			}
		}
	default:
		s = r.Verdict
		if words := reasons[r.Reason]; words != "" {
			s += ": " + words
		} else if r.Reason != "" {
			s += ": " + r.Reason
		}
	}
	if defect := r.Suspected(); defect != "" {
		s += "; " + defect
	}
	if r.Detail != "" {
		s += "; " + strings.TrimSuffix(r.Detail, ".")
	}
	return s + "."
}
