package dataset_test

import (
	"fmt"
	"os"
	"path/filepath"

	"pristine/evaluate/dataset"
)

func ExampleOpen() {
	root, err := os.MkdirTemp("", "bottle")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(root)
	for _, file := range []string{"train/good/1.png", "test/good/2.png", "test/crack/3.png", "ground_truth/crack/3_mask.png"} {
		path := filepath.Join(root, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			fmt.Println(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			fmt.Println(err)
		}
	}
	set, err := dataset.Open(root)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(set.Layout)
	for _, p := range set.Pictures {
		fmt.Println(filepath.Base(p.File), "bad:", p.Bad, p.Defect, "reserved:", p.Train, "masks:", len(p.Masks))
	}
	// Output:
	// MVTec AD
	// 3.png bad: true crack reserved: false masks: 1
	// 2.png bad: false  reserved: false masks: 0
	// 1.png bad: false  reserved: true masks: 0
}
