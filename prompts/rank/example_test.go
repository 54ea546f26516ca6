package rank_test

import (
	"fmt"

	"pristine/prompts"
	"pristine/prompts/rank"
)

func ExampleVariants() {
	set, err := prompts.Parse("lid.yaml", []byte(`
name: lid
object: lid
pristine: ["flawless {}"]
defects: {crack: {prompts: ["cracked {}", "{} with a crack"]}}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range rank.Variants(set)[:3] {
		fmt.Println(v.Change, v.Class, v.Prompt)
	}
	// Output:
	// drop crack cracked {}
	// drop crack {} with a crack
	// add pristine {} without damage
}
