package source

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// descriptors counts the open files of this process.
func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// resident returns the memory that this process holds, in bytes.
func resident(t *testing.T) int {
	t.Helper()
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	var size, pages int
	if _, err := fmt.Sscan(string(data), &size, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

func TestAThousandOpenFailuresGrowNothing(t *testing.T) {
	var asked atomic.Int64
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer refusing.Close()
	garbage := filepath.Join(t.TempDir(), "garbage.mp4")
	if err := os.WriteFile(garbage, bytes.Repeat([]byte("garbage"), 999), 0o600); err != nil {
		t.Fatal(err)
	}
	addresses := []string{"rtsp://" + closedPort(t) + "/stream", strings.Replace(refusing.URL, "//", "//u:p@", 1), garbage, "v4l2:///dev/video99"}
	fail := func(times int) {
		for i := range times {
			if s, err := open(t, addresses[i%len(addresses)], Options{OpenTimeout: time.Second}); err == nil {
				s.Close()
				t.Fatal("it opened")
			}
		}
	}
	settled := func() (int, int) {
		http.DefaultClient.CloseIdleConnections()
		deadline := time.Now().Add(10 * time.Second)
		least, open := runtime.NumGoroutine(), descriptors(t)
		for time.Now().Before(deadline) {
			runtime.GC()
			time.Sleep(20 * time.Millisecond)
			n, d := runtime.NumGoroutine(), descriptors(t)
			if n == least && d == open {
				break
			}
			least, open = n, d
		}
		return least, open
	}
	fail(100)
	goroutines, files := settled()
	memory := resident(t)
	fail(1000)
	moreGoroutines, moreFiles := settled()
	if moreGoroutines > goroutines+3 || moreFiles > files+3 {
		t.Errorf("goroutines %d → %d, descriptors %d → %d", goroutines, moreGoroutines, files, moreFiles)
	}
	if grown := resident(t) - memory; grown > 32<<20 {
		t.Errorf("memory grew by %d bytes", grown)
	}
	if asked.Load() < 250 {
		t.Errorf("the server was asked %d times", asked.Load())
	}
}
