package signals

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asChild makes the test's own binary send itself signals and tell what came of
// them.
const asChild = "PRISTINE_TEST_SIGNALS"

func TestMain(m *testing.M) {
	if sent := os.Getenv(asChild); sent != "" {
		child(strings.Fields(sent))
		return
	}
	os.Exit(m.Run())
}

// child prints what each signal does. One that ends the program at once is sent
// until it does, since the first may come before the handler has gone.
func child(sent []string) {
	ctx, release := Stopping(context.Background())
	defer release()
	for _, text := range sent {
		name, effect, _ := strings.Cut(text, "=")
		number := map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP}[name]
		for {
			if err := syscall.Kill(os.Getpid(), number); err != nil {
				panic(err)
			}
			if effect != "ends" {
				break
			}
			time.Sleep(time.Millisecond)
		}
		if effect == "stops" {
			<-ctx.Done()
		}
		fmt.Println(name, ctx.Err() != nil)
	}
}

func TestWhatStopsTheProgram(t *testing.T) {
	for name, tc := range map[string]struct{ sent, want string }{
		"Ctrl-C":                           {"INT=stops", "INT true\n"},
		"systemd":                          {"TERM=stops", "TERM true\n"},
		"a window that is closed":          {"HUP=stops HUP=ignored HUP=ignored", "HUP true\nHUP true\nHUP true\n"},
		"a window closed after Ctrl-C":     {"INT=stops HUP=ignored", "INT true\nHUP true\n"},
		"nohup keeps SIGHUP ignored":       {"HUP=ignored TERM=stops", "HUP false\nTERM true\n"},
		"a second Ctrl-C ends it at once":  {"INT=stops INT=ends", "INT true\n"},
		"Ctrl-C still ends it after a HUP": {"HUP=stops INT=ends", "HUP true\n"},
	} {
		t.Run(name, func(t *testing.T) {
			// Whatever ignores SIGHUP for the tests, the child begins with its default.
			c := exec.CommandContext(t.Context(), "env", "--default-signal=HUP", os.Args[0])
			if strings.HasPrefix(name, "nohup") {
				c = exec.CommandContext(t.Context(), "nohup", os.Args[0])
			}
			c.Env = append(os.Environ(), asChild+"="+tc.sent)
			out, err := c.Output()
			if string(out) != tc.want {
				t.Errorf("it printed %q, want %q", out, tc.want)
			}
			if ends := strings.Contains(tc.sent, "ends"); ends == (err == nil) {
				t.Errorf("it ended with %v", err)
			}
		})
	}
}
