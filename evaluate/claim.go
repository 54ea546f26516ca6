package evaluate

import "math"

// LeastClaim returns the smallest rate that n pictures without a single error can
// claim: the upper end of its one-sided 95 % interval, as a share. It is the exact
// form of the rule of three (Hanley and Lippman-Hand, JAMA 1983).
func LeastClaim(n int) float64 { return 1 - math.Pow(0.05, 1/float64(n)) }
