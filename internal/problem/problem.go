package problem

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Severity says how much a problem takes away.
type Severity string

// The severities, the worst first.
const (
	Critical Severity = "critical" // verdicts are missing or cannot be trusted
	Error    Severity = "error"    // verdicts can be trusted; something else fails until somebody acts
	Warning  Severity = "warning"  // nothing fails yet, and it may end by itself
)

// Severities returns the severities, the worst first.
func Severities() []Severity { return []Severity{Critical, Error, Warning} }

// Code is the stable name of a kind of problem.
type Code string

// The codes.
const (
	Starting         Code = "starting"
	ModelLoading     Code = "model_loading"
	ModelBuilding    Code = "model_building"
	ProviderDegraded Code = "provider_degraded"
	CameraWaiting    Code = "camera_waiting"
	CameraEnded      Code = "camera_ended"
	VerdictInvalid   Code = "verdict_invalid"
	LearningFailed   Code = "learning_failed"
	InspectionFailed Code = "inspection_failed"
	Insensitive      Code = "insensitive"
	ConfigRefused    Code = "config_refused"
	SetRefused       Code = "set_refused"
	ShadowSetRefused Code = "shadow_set_refused"
	FolderStuck      Code = "folder_stuck"
	HubRefusing      Code = "hub_refusing"
	HubUnreachable   Code = "hub_unreachable"
	DiskFull         Code = "disk_full"
	EventsUnstored   Code = "events_unstored"
)

// Kind is what all problems of one code have in common.
type Kind struct {
	Code     Code
	Severity Severity
	NotReady bool   // /readyz answers 503 while there is one
	Meaning  string // a sentence without its full stop
	Remedy   string // what to do next; New takes it where it is given none
}

// Kinds returns every kind of problem, the worst first.
func Kinds() []Kind {
	return []Kind{
		{Starting, Critical, true, "the agent is starting: no camera is inspected yet", "wait for the model to load"},
		{ModelLoading, Critical, true, "the model is not loaded", "wait for the model to load"},
		{CameraWaiting, Critical, true, "a camera delivers no frames; the agent retries", "read the cause"},
		{CameraEnded, Critical, true, "a camera ended too early and is not reopened", "correct its source and restart the agent"},
		{VerdictInvalid, Critical, false, "the newest result of a camera is INVALID", "read the reason; look at the camera's picture"},
		{LearningFailed, Critical, true, "a camera could not learn its good parts: its parts are INVALID", "correct what the text says, then run edge reference learn"},
		{InspectionFailed, Critical, true, "the inspection of a camera stopped with an error", "correct what the text says and restart the agent"},
		{Insensitive, Error, false, "a camera misses planted defects of the size that matters: REVIEW instead of PASS", "set a region around the part or more learn_parts; measure with edge challenge"},
		{ModelBuilding, Error, true, "an engine is being built; the slower CPU is used meanwhile", "wait for the engine to be built"},
		{ProviderDegraded, Error, false, "the model runs on another provider than the first configured", "correct what the text says, or remove the provider from model.providers, and restart the agent"},
		{ConfigRefused, Error, false, "the configuration has mistakes; the agent started with the last good one", "correct the file and restart the agent"},
		{SetRefused, Error, false, "the last edit of a prompt set has mistakes; the last good set stays in effect", "correct the file; it is read again when it is saved"},
		{HubRefusing, Error, false, "the hub answers but accepts no events; they wait on the disk", "correct what the text says; the agent tries again by itself"},
		{DiskFull, Error, false, "the disk has less than the reserve left: events are removed, then refused", "free space on the disk of events.dir"},
		{EventsUnstored, Error, false, "events were not stored within the last minute, and are lost", "free space on the disk of events.dir, or make it faster"},
		{FolderStuck, Warning, false, "inspected pictures cannot be moved, deleted or recorded as inspected", "correct what the text says, such as the permissions of the watched folder"},
		{ShadowSetRefused, Warning, false, "the last edit of a shadow set has mistakes; the last good one stays in effect", "correct the file; it is read again when it is saved"},
		{HubUnreachable, Warning, false, "the hub does not answer; events wait on the disk", "check the hub, its address and the network; the agent tries again by itself"},
	}
}

// kindOf returns the kind of a code. Every constant of Code has one, by test.
func kindOf(c Code) Kind {
	all := Kinds()
	return all[slices.IndexFunc(all, func(k Kind) bool { return k.Code == c })]
}

// Problem is one thing that is wrong now.
type Problem struct {
	Code     Code      `json:"code"`
	Severity Severity  `json:"severity"`
	Camera   string    `json:"camera,omitempty"` // "" for the whole agent
	Cause    string    `json:"cause,omitempty"`  // a stable code; its meaning depends on Code
	Text     string    `json:"text"`             // a sentence without its full stop
	Remedy   string    `json:"remedy"`           // what to do next
	Since    time.Time `json:"since"`
}

// New returns a problem with the severity and the remedy of its kind.
func New(c Code, camera, cause, text string) Problem {
	k := kindOf(c)
	return Problem{Code: c, Severity: k.Severity, Camera: camera, Cause: cause, Text: text, Remedy: k.Remedy}
}

// NotReady reports whether the agent is not ready while it has the problem.
func (p *Problem) NotReady() bool { return kindOf(p.Code).NotReady }

// Key tells problems apart: a camera has at most one of each code.
type Key struct {
	Code   Code
	Camera string
}

// Key returns the problem's key.
func (p *Problem) Key() Key { return Key{p.Code, p.Camera} }

// Line returns the problem as "code: text".
func (p *Problem) Line() string { return string(p.Code) + ": " + p.Text }

// Advice returns the text and what to do, as two sentences.
func (p *Problem) Advice() string {
	text := p.Text
	if !strings.HasSuffix(text, "?") && !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "…") {
		text += "."
	}
	return text + " Try: " + p.Remedy
}

// Healthy reports whether none of the problems is critical or an error.
func Healthy(all []Problem) bool {
	return !slices.ContainsFunc(all, func(p Problem) bool { return p.Severity != Warning })
}

// Sort puts the worst first; of one severity, those of the agent, then by
// camera.
func Sort(all []Problem) {
	rank := func(s Severity) int { return slices.Index(Severities(), s) }
	slices.SortStableFunc(all, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(rank(a.Severity), rank(b.Severity)), cmp.Compare(a.Camera, b.Camera))
	})
}
