package tokenizer_test

import (
	"fmt"

	"pristine/infer/tokenizer"
)

func ExampleLoad() {
	t, err := tokenizer.Load("../../models/pocket/tokenizer.json")
	if err != nil {
		fmt.Println(err)
		return
	}
	one, two := t.Encode("a scratched flange"), t.Encode("A  scratched flange")
	fmt.Println(len(one) > 2, fmt.Sprint(one) == fmt.Sprint(two))
	// Output: true true
}
