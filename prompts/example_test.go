package prompts_test

import (
	"fmt"

	"pristine/prompts"
)

func ExampleParse() {
	set, err := prompts.Parse("lid.yaml", []byte(`
name: lid
object: lid
defects:
  crack: {prompts: [cracked, "broken {object}"], severity: critical}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(set.Object, set.Defects["crack"].Severity)

	_, err = prompts.Parse("lid.yaml", []byte("object: lid\ndefekts: {}\n"))
	fmt.Println(err)
	// Output:
	// lid critical
	// lid.yaml:1: name: must name the set
	// lid.yaml:2: defekts: unknown key: did you mean defects?
}
