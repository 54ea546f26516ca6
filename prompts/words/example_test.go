package words_test

import (
	"fmt"

	"pristine/prompts/words"
)

func ExampleMisspelt() {
	fmt.Println(words.Misspelt("scrached"))
	fmt.Println(words.Misspelt("sprue"))
	// Output:
	// scratched true
	//  false
}

func ExampleForeign() {
	fmt.Println(words.Foreign("Kratzer"))
	// Output: German scratch
}
