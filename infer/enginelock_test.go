package infer

import (
	"testing"
	"time"

	"pristine/internal/dirlock"
)

// One process at a time builds engines in a cache: the second opens its session
// when the first has built, and finds the engines.
func TestEngineCache_OneBuilder(t *testing.T) {
	for provider, waits := range map[string]bool{"tensorrt": true, "openvino:GPU": true, "openvino": false, "cuda": false, "cpu": false} {
		t.Run(provider, func(t *testing.T) {
			dir := t.TempDir()
			other, err := dirlock.Acquire(dir)
			if err != nil {
				t.Fatal(err)
			}
			opened := make(chan bool, 1)
			done := make(chan error, 1)
			go func() {
				_, _, err := firstUsable(Options{Providers: []string{provider}, CacheDir: dir}, func(string) (int, *proof, error) {
					opened <- true
					if waits {
						_, err := dirlock.Acquire(dir)
						if err == nil {
							t.Error("a third process could build at the same time")
						}
					}
					return 1, &proof{}, nil
				})
				done <- err
			}()
			if waits {
				select {
				case <-opened:
					t.Error("the session was opened while another process built")
				case <-time.After(100 * time.Millisecond): // it would be at once
				}
			}
			if !waits {
				<-opened // although the cache is locked
			}
			if err := other.Release(); err != nil {
				t.Fatal(err)
			}
			if err := <-done; err != nil {
				t.Errorf("opening gave %v", err)
			}
		})
	}
}
