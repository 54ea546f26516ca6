package prompts

// Matching says how patches are compared with those of references.
type Matching string

// The values of Set.Matching.
const (
	// MatchingAuto takes Euclidean distances, off which comes what the references
	// differ by among themselves.
	MatchingAuto Matching = "auto"
	// MatchingNearest takes cosine distances to the nearest patch, and nothing
	// else. With detail 1 and without text a picture's score ranks as that of
	// AnomalyDINO (Damm et al., WACV 2025), the mean of the farthest hundredth of its
	// patches.
	MatchingNearest Matching = "nearest"
)

// distance is that of unit vectors with a cosine, as the scale compares them.
func (s *scale) distance(cosine float32) float32 {
	if s.byCosine {
		return max(1-cosine, 0)
	}
	return distance(cosine)
}
