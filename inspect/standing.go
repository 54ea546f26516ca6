package inspect

// Standing says whether the line may act on the verdicts of a prompt set. A set that was
// never validated is in shadow: its verdicts are shown and published with a mark, and
// must not be acted on.
type Standing struct {
	Shadow       bool   `json:"shadow"`
	ShadowReason string `json:"shadow_reason,omitempty"` // why the set is not armed
}

// standingOf returns the standing of a scorer's verdicts.
func standingOf(s Scorer) Standing {
	armed, why := s.Armed()
	if armed {
		return Standing{}
	}
	return Standing{Shadow: true, ShadowReason: why}
}

// Action is what the line may do with a part.
type Action int

// The actions. NoAction is the zero value: an answer that nobody filled in
// moves nothing.
const (
	NoAction   Action = iota // the set is in shadow: neither accept nor reject
	AcceptPart               // PASS of an armed set
	RejectPart               // anything else of an armed set
)

// Action returns what the line may do with the part. Every output that moves or sorts
// parts (GPIO, Modbus, and the answers over HTTP and NATS) uses it, and never the
// verdict alone.
func (a *Answer) Action() Action {
	switch {
	case a.Shadow:
		return NoAction
	case a.Verdict == Pass:
		return AcceptPart
	default:
		return RejectPart
	}
}
