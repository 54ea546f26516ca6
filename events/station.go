package events

import (
	"fmt"
	"regexp"
	"strings"
)

// Type is what an event tells of.
type Type string

// The types of events.
const (
	TypeResult Type = "result" // a verdict
	TypeState  Type = "state"  // a change of the agent, a camera, the model or a prompt set, or a heartbeat
	TypeAlarm  Type = "alarm"  // something a person must look at
)

// Types lists the types of events.
func Types() []Type { return []Type{TypeResult, TypeState, TypeAlarm} }

// Names of the stream with events and of the bucket with evidence, on the
// device and at the hub.
const (
	StreamName     = "QC"
	EvidenceBucket = "qc-evidence"
)

// PromptsBucket holds the prompt sets that are pushed to agents, and what these
// say of them; each set has at most MaxSetBytes, and SetHistory revisions of it
// can be gone back to.
const (
	PromptsBucket = "qc-prompts"
	MaxSetBytes   = 256 << 10
	SetHistory    = 16
)

// Subjects are those of the events of all stations: what the stream holds.
// Requests to agents, qc.svc.…, are not among them.
func Subjects() []string { return []string{"qc.*.*.*.result", "qc.*.*.*.state", "qc.*.*.*.alarm"} }

// Station is an agent's place in the plant.
type Station struct{ Site, Line, Name string }

var token = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$`)

// CheckName refuses what would not be one token of a subject or a key, such as a
// camera's name with a dot, a wildcard or a path in it.
func CheckName(name string) error {
	if !token.MatchString(name) {
		return fmt.Errorf("name %q: must be 1 to 63 letters, digits, - or _, beginning with a letter or digit", name)
	}
	return nil
}

// Check refuses names that would not be one token of a subject each.
func (s Station) Check() error {
	for _, t := range []string{s.Site, s.Line, s.Name} {
		if !token.MatchString(t) {
			return fmt.Errorf("station %q: site, line and name must be letters, digits, - or _", s.Site+"/"+s.Line+"/"+s.Name)
		}
	}
	return nil
}

// Subject is where events of a type go.
func (s Station) Subject(t Type) string { return "qc." + s.Token() + "." + string(t) }

// Token is the station within subjects: site.line.name.
func (s Station) Token() string { return s.Site + "." + s.Line + "." + s.Name }

// InboxPrefix is that of the subjects where an agent gets its answers: a hub need
// let it read no others.
func (s Station) InboxPrefix() string { return "_INBOX." + s.Token() }

// Source is the station within events: /site/line/name.
func (s Station) Source() string { return "/" + s.Site + "/" + s.Line + "/" + s.Name }

// ParseStation reads /site/line/name or site.line.name.
func ParseStation(text string) (Station, error) {
	parts := strings.Split(strings.TrimPrefix(text, "/"), "/")
	if len(parts) == 1 {
		parts = strings.Split(text, ".")
	}
	if len(parts) != 3 {
		return Station{}, fmt.Errorf("station %q: must be site.line.name", text)
	}
	s := Station{parts[0], parts[1], parts[2]}
	return s, s.Check()
}
