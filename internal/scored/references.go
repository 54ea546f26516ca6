package scored

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"pristine/prompts"
)

// Turned reports whether pictures are also compared with rotated references, and
// returns a sentence about it.
func Turned(r *prompts.References, option prompts.Turned) (bool, string) {
	every, err := r.AnglesInUse(option)
	if every {
		return true, fmt.Sprintf("pictures are compared with them at %d angles (turned: %s)", 1+len(prompts.Angles()), option)
	}
	use, turnedErr := r.TurnedInUse(option)
	err = errors.Join(err, turnedErr)
	switch {
	case err != nil:
		return false, err.Error()
	case use:
		return true, fmt.Sprintf("pictures are compared with them turned, too (turned: %s)", option)
	case option == prompts.TurnedAuto && r.Len() == 1:
		return false, "turned ones are not in use (turned: auto): one picture does not show how parts lie. Nothing passes by a single one until the set is calibrated: add three or more"
	case option == prompts.TurnedAuto && !option.Encodes(r.Len()):
		return false, "turned ones are not in use (turned: auto): so few do not show how parts lie"
	case option == prompts.TurnedAuto && slices.ContainsFunc(r.Pictures(), keptWithout):
		return false, "turned ones are not in use: some were kept without; add the same pictures again to have them"
	}
	return false, fmt.Sprintf("turned ones are not in use (turned: %s)", option)
}

func keptWithout(p prompts.Reference) bool {
	return !p.Bad && len(p.Seen.Features) > 0 && len(p.Seen.Turned) == 0
}

// Detail returns the detail at which pictures are compared with the references, and
// a sentence about what that costs a frame.
func Detail(r *prompts.References, option prompts.Detail) (int, string) {
	detail, why := r.DetailInUse(option)
	words := fmt.Sprintf("detail %d (detail: %s): a frame takes %s", detail, option, Encodes(detail))
	if why != "" {
		words += "; " + why
	}
	return detail, words
}

// Encodes says how many runs of the encoder a frame takes.
func Encodes(detail int) string {
	if n := prompts.Detail(detail).Encodes(); n > 1 {
		return fmt.Sprintf("%d encodes", n)
	}
	return "1 encode"
}

// Measured says how long encoding takes here at that detail, beside detail 1.
func Measured(whole, frame time.Duration) string {
	return fmt.Sprintf("measured here: %.0f ms to encode a frame, %.1f times as long as at detail 1", 1000*frame.Seconds(), float64(frame)/float64(whole))
}
