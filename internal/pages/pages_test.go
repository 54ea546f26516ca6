package pages

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBlocks(t *testing.T) {
	const page = "# A\n```sh\none\n```\ntext\n```yaml\na: 1\n```\n1. item\n   ```bash not run: needs a camera\n   two \\\n     more\n   ```\n```sh demo\nthree\n```\n"
	want := []Block{
		{Line: 2, Text: "one\n"},
		{Line: 10, Text: "two \\\n  more\n", NotRun: true, Reason: "needs a camera"},
		{Line: 14, Text: "three\n", Demo: true},
	}
	if diff := cmp.Diff(want, Blocks(page)); diff != "" {
		t.Error(diff)
	}
}
