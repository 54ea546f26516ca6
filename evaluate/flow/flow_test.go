package flow

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func names(n int) []string {
	files := make([]string, n)
	for i := range files {
		files[i] = fmt.Sprint(i)
	}
	return files
}

// steps decode a name to itself and encode it to its length; what is used or
// failed is noted.
func steps(used, failed *[]int) Steps[string, string] {
	return Steps[string, string]{
		Decode: func(file string) (string, error) {
			if strings.HasSuffix(file, "3") {
				time.Sleep(time.Millisecond) // late ones must not change the order
			}
			if strings.HasSuffix(file, "7") {
				return "", errors.New("damaged")
			}
			return file, nil
		},
		Encode: func(_ context.Context, pictures, outputs []string) error {
			for i, p := range pictures {
				outputs[i] = "e" + p
			}
			return nil
		},
		Use: func(i int, picture, output *string) error {
			if *picture != fmt.Sprint(i) || *output != "e"+*picture {
				return fmt.Errorf("picture %d is %q, %q", i, *picture, *output)
			}
			*used = append(*used, i)
			return nil
		},
		Failed: func(i int, _ error) { *failed = append(*failed, i) },
	}
}

// Every file reaches exactly one of Use and Failed, in the order of the files.
func TestEveryFileComesOnceInOrder(t *testing.T) {
	defer goleak.VerifyNone(t)
	for _, n := range []int{0, 1, 3, 4, 5, 8, 9, 57, 58} {
		var used, failed []int
		if err := Run(context.Background(), names(n), steps(&used, &failed)); err != nil {
			t.Fatal(err)
		}
		if len(used)+len(failed) != n {
			t.Errorf("of %d files %d were used and %d failed", n, len(used), len(failed))
		}
		for _, list := range [][]int{used, failed} {
			for i := 1; i < len(list); i++ {
				if list[i] <= list[i-1] {
					t.Errorf("%d came after %d", list[i], list[i-1])
				}
			}
		}
		for _, i := range failed {
			if i%10 != 7 {
				t.Errorf("%d failed", i)
			}
		}
	}
}

// When Run returns, no goroutine of it is left.
func TestErrorsAndCancellationEndTheRun(t *testing.T) {
	defer goleak.VerifyNone(t)
	broken := errors.New("broken")
	tests := map[string]func(*Steps[string, string], context.CancelCauseFunc){
		"encode": func(s *Steps[string, string], _ context.CancelCauseFunc) {
			s.Encode = func(context.Context, []string, []string) error { return broken }
		},
		"use": func(s *Steps[string, string], _ context.CancelCauseFunc) {
			s.Use = func(int, *string, *string) error { return broken }
		},
		"cancelled": func(s *Steps[string, string], cancel context.CancelCauseFunc) {
			s.Use = func(int, *string, *string) error { cancel(broken); return nil }
		},
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(context.Background())
			defer cancel(nil)
			var used, failed []int
			s := steps(&used, &failed)
			spoil(&s, cancel)
			if err := Run(ctx, names(100), s); !errors.Is(err, broken) {
				t.Error(err)
			}
		})
	}
}

// At most ahead+2·batch pictures are in memory.
func TestPicturesInMemoryAreBounded(t *testing.T) {
	var decodedNow, most atomic.Int64
	var used, failed []int
	s := steps(&used, &failed)
	s.Decode = func(file string) (string, error) {
		if n := decodedNow.Add(1); n > most.Load() {
			most.Store(n)
		}
		return file, nil
	}
	plain := s.Use
	s.Use = func(i int, p, o *string) error {
		decodedNow.Add(-1)
		time.Sleep(100 * time.Microsecond)
		return plain(i, p, o)
	}
	if err := Run(context.Background(), names(300), s); err != nil {
		t.Fatal(err)
	}
	if most.Load() > ahead+2*batch {
		t.Errorf("%d pictures were in memory", most.Load())
	}
}
