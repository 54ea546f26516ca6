package challenge_test

import (
	"fmt"

	"pristine/challenge"
)

func ExamplePlant() {
	// A grey square in the middle of a dark belt.
	good := &challenge.Picture{Name: "square", Pix: make([]byte, 3*256*256), Width: 256, Height: 256}
	for y := range 256 {
		for x := range 256 {
			level := byte(40)
			if x >= 64 && x < 192 && y >= 64 && y < 192 {
				level = 160
			}
			for c := range 3 {
				good.Pix[3*(y*256+x)+c] = level
			}
		}
	}
	areas, err := challenge.Parts([]*challenge.Picture{good})
	if err != nil {
		fmt.Println(err)
		return
	}
	planted, ok := challenge.Plant(good, areas[0], challenge.Scratch, 30, 1)
	if !ok {
		fmt.Println("the scratch would not be visible")
		return
	}
	fmt.Println(planted.Kind, planted.Size, areas[0].Whole(), planted.Box.Empty())
	// Output: scratch 30 false false
}
