package gpio

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"pristine/inspect"
	"pristine/internal/cprogram"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The kernel's own header says how the structures lie.
func TestTheStructuresAreThoseOfTheKernelsHeader(t *testing.T) {
	const program = `#include <linux/gpio.h>
#include <stddef.h>
#include <stdio.h>
int main(void) {
	printf("requests %u %u\n", (unsigned)GPIO_V2_GET_LINE_IOCTL, (unsigned)GPIO_V2_LINE_SET_VALUES_IOCTL);
	printf("event %zu %zu\n", sizeof(struct gpio_v2_line_event), offsetof(struct gpio_v2_line_event, id));
	printf("values %zu\n", offsetof(struct gpio_v2_line_values, mask));
	printf("request %zu %zu %zu %zu\n", offsetof(struct gpio_v2_line_request, consumer), offsetof(struct gpio_v2_line_request, config.flags),
		offsetof(struct gpio_v2_line_request, num_lines), offsetof(struct gpio_v2_line_request, fd));
	printf("attributes %zu %zu %zu %zu\n", offsetof(struct gpio_v2_line_request, config.num_attrs), offsetof(struct gpio_v2_line_request, config.attrs[0].attr.id),
		offsetof(struct gpio_v2_line_request, config.attrs[0].attr.debounce_period_us), offsetof(struct gpio_v2_line_request, config.attrs[0].mask));
	printf("flags %d %d %d %d %d %d\n", (int)GPIO_V2_LINE_FLAG_ACTIVE_LOW, (int)GPIO_V2_LINE_FLAG_INPUT, (int)GPIO_V2_LINE_FLAG_OUTPUT,
		(int)GPIO_V2_LINE_FLAG_EDGE_RISING, GPIO_V2_LINE_ATTR_ID_DEBOUNCE, GPIO_V2_LINE_EVENT_RISING_EDGE);
}`
	got := cprogram.Run(t, program)
	want := fmt.Sprintf("requests %d %d\nevent %d %d\nvalues %d\nrequest %d %d %d %d\nattributes %d %d %d %d\nflags %d %d %d %d %d %d\n", uint32(getLine), uint32(setValues), eventSize, edgeAt, maskAt,
		consumerAt, flagsAt, countAt, fdAt, attributesAt, attributeAt, attributeAt+8, attributeAt+16, activeLow, input, output, edgeRising, debounceAttribute, risingEdge)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestARequestSaysWhatIsAsked(t *testing.T) {
	r := lineRequest(input|edgeRising, 1500*time.Microsecond, 17)
	if binary.NativeEndian.Uint32(r) != 17 || string(r[consumerAt:consumerAt+5]) != "edge\x00" || binary.NativeEndian.Uint64(r[flagsAt:]) != 0b10100 || binary.NativeEndian.Uint32(r[countAt:]) != 1 ||
		binary.NativeEndian.Uint32(r[attributeAt+8:]) != 1500 || binary.NativeEndian.Uint32(r[attributesAt:]) != 1 {
		t.Errorf("%v", r)
	}
	if v := lineValues(0b101, 3); binary.NativeEndian.Uint64(v) != 5 || binary.NativeEndian.Uint64(v[maskAt:]) != 7 {
		t.Errorf("%v", v)
	}
	l := Lines{Busy: 5, Pass: None, Reject: 9}
	if offsets, signals := l.outputs(); len(offsets) != 2 || signals[0]|signals[1] != busy|reject {
		t.Errorf("%v %v", offsets, signals)
	}
}

func TestWhatIsNoChipSaysSo(t *testing.T) {
	for chip, want := range map[string]string{
		"/dev/gpiochip99": "open /dev/gpiochip99: no such file or directory: `gpiodetect` lists the chips",
		"/dev/null":       "open /dev/null: request lines: inappropriate ioctl for device: it is no GPIO chip, or the kernel is older than 5.10",
	} {
		if _, err := Open(Lines{Chip: chip, Trigger: 1}, nil, nil); err == nil || err.Error() != want {
			t.Errorf("%s: %v", chip, err)
		}
	}
	for errno, want := range map[unix.Errno]string{unix.EBUSY: "who holds the line", unix.EINVAL: "no such line", unix.EACCES: "group gpio", unix.EIO: "input/output error"} {
		if err := hint(errno); !errors.Is(err, errno) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", errno, err)
		}
	}
}

// wired is a port whose edges come through a pipe, as the kernel writes them.
type wired struct {
	t     *testing.T
	line  *os.File
	shown chan signal
	port  *Port
}

func wire(t *testing.T, trigger Trigger) *wired {
	t.Helper()
	return wireShadow(t, trigger, 0)
}

// wireShadow is wire with an output for parts of a set in shadow.
func wireShadow(t *testing.T, trigger Trigger, shadow signal) *wired {
	t.Helper()
	events, line, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	w := &wired{t: t, line: line, shown: make(chan signal, 16)}
	w.port, err = newPort(events, func(on signal) error { w.shown <- on; return nil }, func() error { return nil }, trigger, shadow, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	w.expect(0)
	return w
}

func (w *wired) edge(kind uint32) {
	event := make([]byte, eventSize)
	binary.NativeEndian.PutUint32(event[edgeAt:], kind)
	if _, err := w.line.Write(event); err != nil {
		w.t.Fatal(err)
	}
}

func (w *wired) expect(want signal) {
	w.t.Helper()
	select {
	case got := <-w.shown:
		if got != want {
			w.t.Errorf("the outputs are %03b, want %03b", got, want)
		}
	case <-time.After(time.Minute):
		w.t.Fatalf("the outputs never become %03b", want)
	}
}

func (w *wired) close() {
	w.t.Helper()
	if err := errors.Join(w.port.Close(), w.line.Close()); err != nil {
		w.t.Error(err)
	}
	w.expect(0)
	if len(w.shown) > 0 {
		w.t.Errorf("the outputs became %03b, too", <-w.shown)
	}
}

func TestPassIsSetForPassOnly(t *testing.T) {
	for verdict, tc := range map[inspect.Verdict]struct {
		err  error
		want signal
	}{inspect.Pass: {nil, pass}, inspect.Review: {nil, reject}, inspect.Fail: {nil, reject}, inspect.Invalid: {inspect.ErrMissed, reject}} {
		w := wire(t, func(context.Context, string) (inspect.Answer, error) { return inspect.Answer{Verdict: verdict}, tc.err })
		for range 2 {
			w.edge(risingEdge)
			w.expect(busy)
			w.expect(tc.want)
		}
		w.edge(2) // a falling one, which was not asked for
		w.close()
	}
}

func TestAnEdgeWhileBusyChangesNoResult(t *testing.T) {
	asked, answer := make(chan bool, 4), make(chan inspect.Verdict)
	first := make(chan bool, 1)
	first <- true
	w := wire(t, func(context.Context, string) (inspect.Answer, error) {
		asked <- true
		select {
		case <-first:
			return inspect.Answer{Verdict: <-answer}, nil
		default:
			return inspect.Answer{Verdict: inspect.Invalid}, inspect.ErrOverrun
		}
	})
	w.edge(risingEdge)
	w.expect(busy)
	<-asked
	w.edge(risingEdge)
	<-asked
	answer <- inspect.Pass
	w.expect(pass)
	w.close()
}

func TestAnEdgeThatTheGateRefusesIsARejectedPart(t *testing.T) {
	w := wire(t, func(context.Context, string) (inspect.Answer, error) { return inspect.Answer{}, inspect.ErrOverrun })
	w.edge(risingEdge)
	w.expect(busy)
	w.expect(reject)
	w.close()
}

func TestCloseWaitsForThePartUnderWay(t *testing.T) {
	w := wire(t, func(ctx context.Context, _ string) (inspect.Answer, error) {
		<-ctx.Done()
		return inspect.Answer{Verdict: inspect.Invalid}, inspect.ErrMissed
	})
	w.edge(risingEdge)
	w.expect(busy)
	done := make(chan bool)
	go func() { defer close(done); w.expect(reject) }()
	if err := errors.Join(w.port.Close(), w.line.Close()); err != nil {
		t.Error(err)
	}
	<-done
	w.expect(0)
}

func TestOutputsThatCannotBeSetAreTold(t *testing.T) {
	events, line, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newPort(events, func(signal) error { return unix.EIO }, func() error { return nil }, nil, 0, nil); !errors.Is(err, unix.EIO) {
		t.Error(err)
	}
	_ = line.Close()
	if events, line, err = os.Pipe(); err != nil {
		t.Fatal(err)
	}
	told, calls := make(chan error, 4), 0
	p, err := newPort(events, func(signal) error {
		if calls++; calls > 1 {
			return unix.EIO
		}
		return nil
	}, func() error { return nil }, func(context.Context, string) (inspect.Answer, error) { return inspect.Answer{}, nil }, 0, func(err error) { told <- err })
	if err != nil {
		t.Fatal(err)
	}
	event := make([]byte, eventSize)
	binary.NativeEndian.PutUint32(event[edgeAt:], risingEdge)
	if _, err := line.Write(event); err != nil {
		t.Fatal(err)
	}
	if err := <-told; !errors.Is(err, unix.EIO) {
		t.Error(err)
	}
	_ = line.Close() // the chip is gone
	for err := <-told; !strings.Contains(err.Error(), "read trigger line"); {
		err = <-told
	}
	_ = p.Close()
}
