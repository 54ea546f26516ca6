package prompts

import (
	"fmt"
	"slices"

	"pristine/verdict"
)

// severities warns of verdicts and severities that have no effect or the opposite one.
func (l *linter) severities() {
	var used []verdict.Severity
	for _, name := range sortedNames(l.set.Defects) {
		used = append(used, l.set.Defects[name].Severity)
	}
	milder := ""
	for _, severity := range verdict.Severities() {
		review, path := l.set.Verdicts.reviews(severity), "verdicts."+string(severity)
		switch {
		case review && !slices.Contains(used, severity):
			l.warn(path, "", RuleSeverity, fmt.Sprintf("no defect is %s: it changes nothing", severity), fmt.Sprintf("write severity: %s beside a defect, or remove the key", severity))
		case review && milder != "":
			l.warn(path, "", RuleSeverity, fmt.Sprintf("a %s defect is for review only, while a %s one may fail a part", severity, milder), "let the worse one fail, too")
		case !review && slices.Contains(used, severity):
			milder = string(severity)
		}
	}
	for _, name := range sortedNames(l.set.Lookalikes) {
		if path := "lookalikes." + name + ".severity"; l.document.Has(path) {
			l.warn(path, "", RuleSeverity, "a lookalike counts as good: its severity changes nothing", "remove the key")
		}
	}
}
