package agent

import (
	"fmt"
	"strings"

	"pristine/capture"
	"pristine/infer"
	"pristine/inspect"
	"pristine/internal/problem"
	"pristine/web"
)

// facts are the inputs from which problems are derived.
type facts struct {
	opened        bool // the agent's model, store and cameras are ready
	model         web.Model
	configuration []string // mistakes because of which the last good configuration is used
	cameras       []cameraFacts
	hub           hubFacts
	disk          diskFacts
	lost          uint64 // events that were recently lost
}

// cameraFacts are the facts of one camera and its station.
type cameraFacts struct {
	*web.Camera
	refused, shadowRefused string // why the last edit of a set is not in effect
	learningFailed         string // why; parts are INVALID
	insensitive            string // the defects that the station misses; "" if it is sensitive enough
	failed                 string // why the station has stopped
}

// hubFacts describe whether the hub accepts events.
type hubFacts struct {
	url    string // "" without a hub
	failed bool   // the last attempt failed, or events stopped
	cause  string // a stable code
	detail string
}

// diskFacts describe the disk with the events. A reserve of 0 means that it is unknown.
type diskFacts struct {
	dir           string
	free, reserve int64 // bytes
}

// collect derives the problems from the facts, the worst first. A camera has at most one
// problem of each code. The caller sets Since.
func collect(f *facts) []problem.Problem {
	all := []problem.Problem{}
	add := func(c problem.Code, camera, cause, text string) *problem.Problem {
		all = append(all, problem.New(c, camera, cause, oneLine(text)))
		return &all[len(all)-1]
	}
	modelProblem(&f.model, add)
	if !f.opened {
		add(problem.Starting, "", "", "the agent is starting: no camera is inspected yet")
	}
	if len(f.configuration) > 0 {
		add(problem.ConfigRefused, "", "", strings.Join(f.configuration, "; "))
	}
	for i := range f.cameras {
		cameraProblems(&f.cameras[i], add)
	}
	if f.hub.failed {
		code, text := problem.HubUnreachable, "the hub "+f.hub.url+" does not answer"
		if hubRefuses(f.hub.cause) {
			code, text = problem.HubRefusing, "the hub "+f.hub.url+" takes no events"
		}
		add(code, "", f.hub.cause, text+because(f.hub.detail))
	}
	if f.disk.free < f.disk.reserve {
		add(problem.DiskFull, "", "", fmt.Sprintf("the disk of %s has %d MB left, less than the %d MB that stay free", f.disk.dir, f.disk.free>>20, f.disk.reserve>>20))
	}
	if f.lost > 0 {
		text := "1 event could not be stored and is lost"
		if f.lost > 1 {
			text = fmt.Sprintf("%d events could not be stored and are lost", f.lost)
		}
		add(problem.EventsUnstored, "", "", text)
	}
	problem.Sort(all)
	return all
}

type adder func(c problem.Code, camera, cause, text string) *problem.Problem

// modelProblem adds a problem while the model is neither ready nor degraded.
func modelProblem(m *web.Model, add adder) {
	switch infer.State(m.State) {
	case infer.Ready:
	case infer.Degraded:
		add(problem.ProviderDegraded, "", "", "the model runs on "+m.Provider+", not on the first provider"+because(m.Reason))
	case infer.Building:
		add(problem.ModelBuilding, "", "", "the model is "+m.State+because(m.Reason))
	default:
		add(problem.ModelLoading, "", "", "the model is "+m.State+because(m.Reason))
	}
}

// cameraProblems adds the reasons why a camera's parts are not inspected, or not by the
// set in its file.
func cameraProblems(c *cameraFacts, add adder) {
	phase := capture.Phase(c.Phase)
	waits := c.Cause != "" && (phase == capture.Waiting || phase == capture.Connecting)
	switch {
	case waits:
		p := add(problem.CameraWaiting, c.Name, c.Cause, "camera "+c.Name+" delivers no frames"+because(c.Detail))
		p.Remedy = capture.Remedy(c.Cause)
	case phase == capture.Ended && c.Cause != "":
		add(problem.CameraEnded, c.Name, c.Cause, "camera "+c.Name+" ended too early"+because(c.Detail))
	case c.failed+c.learningFailed == "" && c.Last != nil && c.Last.Verdict == string(inspect.Invalid) && c.Last.Reason != string(inspect.ReasonLearning):
		add(problem.VerdictInvalid, c.Name, c.Last.Reason, "camera "+c.Name+": the newest result is INVALID: "+c.Last.Reason+because(c.Last.Detail))
	}
	switch {
	case c.learningFailed != "":
		add(problem.LearningFailed, c.Name, "", "camera "+c.Name+" is not inspected"+because(c.learningFailed))
	case c.failed != "":
		add(problem.InspectionFailed, c.Name, "", "camera "+c.Name+" is not inspected"+because(c.failed))
	}
	if c.insensitive != "" {
		add(problem.Insensitive, c.Name, "", "camera "+c.Name+" says REVIEW instead of PASS"+because(c.insensitive))
	}
	if c.refused != "" {
		add(problem.SetRefused, c.Name, "", "camera "+c.Name+": the last edit of its prompt set is not in effect"+because(c.refused))
	}
	if c.Folder != nil && c.Folder.Failing != "" {
		add(problem.FolderStuck, c.Name, "", "camera "+c.Name+": the pictures of its folder stay where they are"+because(c.Folder.Failing))
	}
	if c.shadowRefused != "" {
		add(problem.ShadowSetRefused, c.Name, "", "camera "+c.Name+": the last edit of its shadow set is not in effect"+because(c.shadowRefused))
	}
}

func because(detail string) string {
	if detail == "" {
		return ""
	}
	return ": " + detail
}

// oneLine makes a text fit on one line of a log, an event and the page.
func oneLine(text string) string {
	const limit = 600
	all := []rune(strings.Join(strings.Fields(text), " "))
	if len(all) > limit {
		all = append(all[:limit-1], '…')
	}
	return string(all)
}
