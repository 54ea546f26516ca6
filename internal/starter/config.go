package starter

import (
	"path/filepath"
	"strconv"
	"strings"
)

// configuration returns the text of an agent's configuration. What it leaves out is
// the default.
func configuration(o *Options) string {
	text := `# Every key with its default: edge config explain KEY --config edge.yaml
station: {site: plant, line: line-1, name: ` + o.Name + `}

cameras:
  - name: ` + o.Name + `
    source: ` + strconv.Quote(o.Source) + `
    prompts: ` + o.Name + `.yaml
    references: references # photos of good parts; add more, and restart the agent
`
	if o.Source == "watch://in" {
		text += `    watch:
      then: move # to in/done, in/rejected or in/review, once the event is stored
`
	}
	return text + o.Model.text() + `
# The operator's page.
http: {listen: "127.0.0.1:8080"}
`
}

// text returns the configuration of what is no default. Its folders are absolute: the
// part's folder may be elsewhere.
func (m *Model) text() string {
	var keys []string
	for _, f := range []struct{ key, dir string }{{"bundle", m.Bundle}, {"references", m.References}} {
		if f.dir == "" {
			continue
		}
		if dir, err := filepath.Abs(f.dir); err == nil {
			f.dir = dir
		}
		keys = append(keys, f.key+": "+strconv.Quote(f.dir))
	}
	if m.Provider != "" {
		keys = append(keys, "providers: ["+m.Provider+"]")
	}
	if m.Precision != "" {
		keys = append(keys, "precision: "+m.Precision)
	}
	if len(keys) == 0 {
		return ""
	}
	return "\n# What the references were taken with.\nmodel: {" + strings.Join(keys, ", ") + "}\n"
}
