package snapshot

import (
	"errors"
	"testing"
)

type memory struct {
	Version int
	Level   []float32
}

func TestDecode(t *testing.T) {
	data, err := Encode(memory{1, []float32{1, 2}})
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		data []byte
		want error
	}{
		"as written":        {data, nil},
		"cut short":         {data[:len(data)/2], ErrVersion},
		"empty":             {nil, ErrVersion},
		"something else":    {[]byte("not gob"), ErrVersion},
		"a version to come": {must(t, memory{2, nil}), ErrVersion},
	} {
		t.Run(name, func(t *testing.T) {
			var got memory
			if err := Decode(tc.data, &got, &got.Version, 1); !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
			if tc.want == nil && (len(got.Level) != 2 || got.Level[1] != 2) {
				t.Errorf("got %v, want [1 2]", got.Level)
			}
		})
	}
}

func must(t *testing.T, m memory) []byte {
	t.Helper()
	data, err := Encode(m)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
