package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"pristine/capture/opencv"
	"pristine/infer"
	"pristine/internal/cprogram"
	"pristine/web"
)

// asEdge makes the test's own binary run as edge.
const asEdge = "PRISTINE_TEST_AS_EDGE"

// process is a real edge with its output.
func process(t *testing.T, env []string, args ...string) (*exec.Cmd, *buffer) {
	t.Helper()
	var out buffer
	c := exec.Command(os.Args[0], args...)
	c.Env = append(append(os.Environ(), asEdge+"=1"), env...)
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	return c, &out
}

// until waits for a condition.
func until(t *testing.T, what string, out *buffer, met func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Minute); !met(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s:\n%s", what, out.String())
		}
	}
}

func TestAnInterruptedProcessFinishesCleanly(t *testing.T) {
	t.Parallel()
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		c, out := process(t, nil, "run", "--config", configure(t, "testline://?fps=30", ""))
		until(t, "the first verdicts", out, func() bool { return strings.Contains(out.String(), "frames/s") })
		if err := c.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if err := c.Wait(); err != nil {
			t.Errorf("after %v: %v\n%s", signal, err, out.String())
		}
		if !strings.Contains(out.String(), "flagged events: ") {
			t.Errorf("no last count is shown:\n%s", out.String())
		}
	}
}

func TestOneThatStillLearnsIsInterruptedCleanly(t *testing.T) {
	t.Parallel()
	c, out := process(t, nil, "run", "--config", configure(t, "testline://?fps=0&speed=110", "    learn_parts: 400\n    parts_only: true\n"))
	until(t, "the first good parts", out, func() bool { return strings.Contains(out.String(), "learning good parts: ") })
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil || strings.Contains(out.String(), "level=ERROR") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

// Its window is closed: the shell tells it, and then the kernel once more.
func TestAClosedTerminalStopsTheAgentCleanly(t *testing.T) {
	t.Parallel()
	c := exec.Command("env", "--default-signal=HUP", os.Args[0], "run", "--config", configure(t, "testline://?fps=30", "")) // where nohup runs the tests, too
	c.Env = append(os.Environ(), asEdge+"=1")
	window, err := pty.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	var shown buffer
	for part := make([]byte, 4096); !strings.Contains(shown.String(), "frames/s"); {
		n, err := window.Read(part)
		if err != nil {
			t.Fatalf("it ended by itself: %v\n%s", err, shown.String())
		}
		_, _ = shown.Write(part[:n])
	}
	if err := window.Close(); err != nil {
		t.Fatal(err)
	}
	_ = c.Process.Signal(syscall.SIGHUP) // it may have ended already
	if err := c.Wait(); err != nil {
		t.Errorf("after its terminal was closed: %v", err)
	}
}

// hijacker is ONNX Runtime with handlers of signals such as the CUDA provider
// installs, without SA_ONSTACK: those here end the program with the code 99.
const hijacker = `
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
static void end(int s) { _exit(99); }
const void *OrtGetApiBase(void) {
	void *real = dlopen(getenv("PRISTINE_TEST_ORT"), RTLD_NOW);
	signal(SIGINT, end);
	signal(SIGTERM, end);
	return ((const void *(*)(void))dlsym(real, "OrtGetApiBase"))();
}`

// library compiles C into a shared library.
func library(t *testing.T, source string) string {
	t.Helper()
	return cprogram.Compile(t, source, "libonnxruntime.so", "-shared", "-fPIC")
}

func TestSignalsWorkWhereALibraryTookTheirHandlers(t *testing.T) {
	t.Parallel()
	loaded, err := infer.Load("")
	if err != nil {
		t.Fatal(err)
	}
	env := []string{infer.LibraryVariable + "=" + library(t, hijacker), "PRISTINE_TEST_ORT=" + loaded.Path}
	c, out := process(t, env, "run", "--config", configure(t, "testline://?fps=30", ""))
	until(t, "the first verdicts", out, func() bool { return strings.Contains(out.String(), "frames/s") })
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil || !strings.Contains(out.String(), "flagged events: ") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

// FFmpeg and OpenCV would write their own lines, some with the address.
func TestErrorsAreSaidOnceAndWithoutPasswords(t *testing.T) {
	t.Parallel()
	c, out := process(t, nil, "camera", "probe", "rtsp://admin:hunter2@127.0.0.1:1/stream")
	_ = c.Wait()
	if code := c.ProcessState.ExitCode(); code != 1 || strings.Contains(out.String(), "hunter2") || strings.Count(out.String(), "\n") != 1 {
		t.Errorf("exit code %d: %s; want code == 1, not strings.Contains(out.String(), \"hunter2\"), strings.Count(out.String(), \"\\n\") == 1", code, out.String())
	}
}

// mjpeg serves a stream as network cameras do, until its reader goes.
func mjpeg(t *testing.T) string {
	t.Helper()
	const side = 128
	var pictures [][]byte
	for level := range 4 {
		jpeg, err := opencv.EncodeJPEG(bytes.Repeat([]byte{byte(60 + 40*level)}, 3*side*side), side, side, 90)
		if err != nil {
			t.Fatal(err)
		}
		pictures = append(pictures, jpeg)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		parts := multipart.NewWriter(w)
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary="+parts.Boundary())
		for i := 0; r.Context().Err() == nil; i++ {
			jpeg := pictures[i%len(pictures)]
			part, err := parts.CreatePart(textproto.MIMEHeader{"Content-Type": {"image/jpeg"}, "Content-Length": {fmt.Sprint(len(jpeg))}})
			if err == nil {
				_, err = part.Write(jpeg)
			}
			if err != nil {
				return
			}
			w.(http.Flusher).Flush()
			time.Sleep(20 * time.Millisecond) // the camera's pace
		}
	}))
	t.Cleanup(server.Close)
	return server.URL + "/stream.mjpg"
}

// agentOn runs an agent in this process until stop, and returns its page.
func agentOn(t *testing.T, config string) (page string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var out, errs buffer
	code := make(chan int, 1)
	go func() { code <- run(ctx, []string{"run", "--config", config}, &out, &errs) }()
	until(t, "the page", &out, func() bool { return pageAt.MatchString(out.String()) })
	return pageAt.FindStringSubmatch(out.String())[1], func() {
		http.DefaultClient.CloseIdleConnections()
		cancel()
		if c := <-code; c != 0 {
			t.Errorf("exit code %d: %s%s", c, out.String(), errs.String())
		}
	}
}

func fetch(t *testing.T, address string) (int, []byte) {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, body
}

func statusOf(t *testing.T, page string) (s web.Status) {
	t.Helper()
	_, body := fetch(t, page+"status")
	if err := json.Unmarshal(body, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAnMJPEGStreamRunsThroughTheSamePipeline(t *testing.T) {
	t.Parallel()
	config := configure(t, mjpeg(t), "    hold_off: 0s\nhttp: {listen: '127.0.0.1:0'}\n")
	page, stop := agentOn(t, config)
	defer stop()
	until(t, "five scored frames", &buffer{}, func() bool { return statusOf(t, page).Cameras[0].Scored >= 5 })
	if s := statusOf(t, page); s.Cameras[0].Phase != "streaming" || len(s.Problems) > 0 || s.Cameras[0].Last == nil || s.Cameras[0].Last.Defect == nil {
		t.Errorf(`%+v; want s.Cameras[0].Phase == "streaming", len(s.Problems) <= 0, s.Cameras[0].Last != nil, s.Cameras[0].Last.Defect != nil`, s)
	}
}
