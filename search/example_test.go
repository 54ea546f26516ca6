package search_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"pristine/search"
)

func ExampleIndex_Top() {
	dir, err := os.MkdirTemp("", "search")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	file, bundle := filepath.Join(dir, "parts.index"), strings.Repeat("ab", 32)
	if err := search.Write(file, bundle, 2, []search.Entry{
		{Name: "scratched.jpg", Vector: search.Encode([]float32{1, 0})},
		{Name: "clean.jpg", Vector: search.Encode([]float32{0, 1})},
	}); err != nil {
		fmt.Println(err)
		return
	}
	index, err := search.Open(file, bundle)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer index.Close()
	hits, err := index.Top([]float32{0.8, 0.6}, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, hit := range hits {
		fmt.Printf("%s %.1f\n", hit.Name, hit.Cosine)
	}
	// Output:
	// scratched.jpg 0.8
	// clean.jpg 0.6
}
