package main

import (
	"os/exec"
	"strings"
	"testing"
)

// The shell calls the program with what was typed so far, as bash does for
// complete -C, and the scripts are what each shell takes.
func TestCompletion_AnswersTheShell(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"edge ":                   "challenge",
		"edge conf":               "config",
		"edge doc":                "doctor",
		"edge support-":           "support-bundle",
		"edge support-bundle --p": "--pictures",
		"edge config ex":          "explain",
		"edge eval --ref":         "--references",
		"edge score --format ":    "json",
		"edge model ":             "verify",
		"edge completion ":        "fish",
	} {
		child, out := process(t, []string{"COMP_LINE=" + line})
		if err := child.Wait(); err != nil || !strings.Contains("\n"+out.String(), "\n"+want+"\n") {
			t.Errorf("%q is completed by %q (%v), want %s among them", line, out, err, want)
		}
	}
	for _, shell := range []string{"bash", "zsh"} {
		script, _ := edge(t, 0, "completion", shell)
		if shell == "zsh" { // bash reads all of it but what loads bash's own way
			_, script, _ = strings.Cut(script, "\n")
		}
		check := exec.Command("bash", "--norc", "-c", script+"complete -p edge")
		if out, err := check.CombinedOutput(); err != nil || !strings.Contains(string(out), "-C 'edge' edge") && !strings.Contains(string(out), "-C edge edge") {
			t.Errorf("%s: bash understands %q, %v", shell, out, err)
		}
	}
}

func TestUsage_NamesTheCommandsOwnHelp(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"nonsense": "Try: edge --help", "eval --nonsense": "Try: edge eval --help", "config explain --nonsense": "Try: edge config explain --help", "completion tcsh": "Try: edge completion --help",
	} {
		if _, out := edge(t, 2, strings.Fields(args)...); !strings.Contains(out, want) {
			t.Errorf("edge %s says %q, want %q", args, out, want)
		}
	}
}
