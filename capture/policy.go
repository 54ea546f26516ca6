package capture

import (
	"fmt"
	"strconv"
	"strings"
)

// Policy says which of a camera's frames are inspected: newest, every, trigger, or fps:N
// with a number N from LeastFPS to MostFPS.
type Policy string

// The policies of a camera except fps:N, which is Newest with a Pace.
const (
	Newest  Policy = "newest"  // the newest frame wins, what it replaces is counted
	Every   Policy = "every"   // the source waits: files and folders skip nothing
	Trigger Policy = "trigger" // the newest, on request
)

// Limits of N in fps:N, frames a second.
const (
	LeastFPS = 0.01
	MostFPS  = 240
)

const pacePrefix = "fps:"

// ParsePolicy reads a policy. Its error lists the allowed values.
func ParsePolicy(text string) (Policy, error) {
	p := Policy(text)
	if number, paced := strings.CutPrefix(text, pacePrefix); paced {
		if fps, err := strconv.ParseFloat(number, 64); err != nil || !(fps >= LeastFPS && fps <= MostFPS) {
			return "", fmt.Errorf("the N of fps:N must be a number from %v to %v, such as fps:5 (got %q)", LeastFPS, MostFPS, text)
		}
		return p, nil
	}
	if p != Newest && p != Every && p != Trigger {
		return "", fmt.Errorf("must be one of newest, every, fps:N, trigger (got %q)", text)
	}
	return p, nil
}

// FPS returns the N of fps:N in frames per second, or 0 for another policy.
func (p Policy) FPS() float64 {
	number, paced := strings.CutPrefix(string(p), pacePrefix)
	if !paced {
		return 0
	}
	fps, _ := strconv.ParseFloat(number, 64) // validated by ParsePolicy
	return fps
}
