package observe

import (
	"context"
	"fmt"
	"runtime/debug"
	"testing"

	"pristine/infer"
	"pristine/internal/meter"
	"pristine/internal/need"
	"pristine/prompts"
)

// ownMemory returns the memory of this process without garbage. With the race detector,
// which takes memory for each byte that is written, it ends the test.
func ownMemory(t *testing.T) int64 {
	t.Helper()
	need.NoRaceDetector(t)
	debug.FreeOSMemory()
	bytes, err := meter.OwnMemory()
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}

// A set that is edited all day takes no more memory in the evening, in Go or in C: each
// edit has sentences of its own, and a frame is scored by each.
func TestBank_TwoHundredEditsTakeNoMemory(t *testing.T) {
	m, err := Open("models/pocket", infer.Options{CacheDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	frame, encoder, live := flange(t), m.NewEncoder(View{}), new(prompts.Live)
	edit := func(i int) {
		text := fmt.Sprintf("name: part\nobject: flange\ntemplates: none\npristine: ['flawless {}']\ndefects: {crack: {prompts: ['{} with crack %d']}}\n", i)
		set, err := prompts.Parse("set.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		bank, err := prompts.NewBank(context.Background(), set, m.Texts, m.Info())
		if err != nil {
			t.Fatal(err)
		}
		live.Swap(bank)
		var o prompts.Observation
		var s prompts.Scores
		o.Ask(bank.Needs())
		if err := encoder.Encode(context.Background(), frame, &o); err != nil {
			t.Fatal(err)
		}
		if err := live.Bank().Score(&o, &s); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 20 {
		edit(i)
	}
	before := ownMemory(t)
	for i := range 200 {
		edit(20 + i)
	}
	if grown := ownMemory(t) - before; grown > 16<<20 {
		t.Errorf("200 edits of a set took %d MB, want 16 at most", grown>>20)
	}
}
