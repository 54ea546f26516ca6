package starter

import "strconv"

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
	return text + `
# The operator's page.
http: {listen: "127.0.0.1:8080"}
`
}
