package prompts

// Matching says how patches are compared with reference patches.
type Matching string

// The values of Set.Matching.
const (
	// MatchingAuto uses Euclidean distances, reduced by the variation among the
	// references.
	MatchingAuto Matching = "auto"
	// MatchingNearest uses plain cosine distances to the nearest patch. With detail 1
	// and without text a picture's score is that of AnomalyDINO (Damm et al., WACV
	// 2025): the mean of the farthest 1 % of its patches.
	MatchingNearest Matching = "nearest"
)

// distance converts the cosine of unit vectors to the distance that the scale compares.
func (s *scale) distance(cosine float32) float32 {
	if s.byCosine {
		return max(1-cosine, 0)
	}
	return distance(cosine)
}
