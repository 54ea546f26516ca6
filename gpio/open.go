package gpio

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// None is the offset of an output that is not wired.
const None = -1

// Lines are the offsets of a camera's lines at one chip.
type Lines struct {
	Chip               string // /dev/gpiochipN
	Trigger            int
	Busy, Pass, Reject int // None where it is not wired
	ActiveLow          bool
	Debounce           time.Duration // of the trigger; 0: none
	InShadow           string        // output for parts of a set in shadow: none (or ""), pass or reject
}

// outputs returns the offsets of the lines that are wired, and their signals.
func (l *Lines) outputs() (offsets []int, signals []signal) {
	for _, o := range []struct {
		offset int
		signal signal
	}{{l.Busy, busy}, {l.Pass, pass}, {l.Reject, reject}} {
		if o.offset != None {
			offsets, signals = append(offsets, o.offset), append(signals, o.signal)
		}
	}
	return offsets, signals
}

// inShadow returns the output for parts of a set in shadow.
func (l *Lines) inShadow() signal {
	switch l.InShadow {
	case "pass":
		return pass
	case "reject":
		return reject
	}
	return 0
}

// Open takes the lines and serves the trigger until Close; failed is told what
// goes wrong with them meanwhile.
func Open(l Lines, trigger Trigger, failed func(error)) (*Port, error) {
	p, err := open(l, trigger, failed)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", l.Chip, hint(err))
	}
	return p, nil
}

func open(l Lines, trigger Trigger, failed func(error)) (*Port, error) {
	chip, err := unix.Open(l.Chip, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = unix.Close(chip) }() // the lines stay requested
	var low uint64
	if l.ActiveLow {
		low = activeLow
	}
	in, err := request(chip, lineRequest(input|edgeRising|low, l.Debounce, l.Trigger))
	if err != nil {
		return nil, err
	}
	if err := unix.SetNonblock(in, true); err != nil { // so that Close ends a read
		_ = unix.Close(in)
		return nil, err
	}
	events := os.NewFile(uintptr(in), "trigger")
	offsets, signals := l.outputs()
	if len(offsets) == 0 {
		return newPort(events, func(signal) error { return nil }, func() error { return nil }, trigger, l.inShadow(), failed)
	}
	out, err := request(chip, lineRequest(output|low, 0, offsets...))
	if err != nil {
		return nil, errors.Join(err, events.Close())
	}
	set := func(on signal) error {
		var bits uint64
		for i, s := range signals {
			if on&s != 0 {
				bits |= 1 << i
			}
		}
		return ioctl(out, setValues, lineValues(bits, len(signals)))
	}
	return newPort(events, set, func() error { return unix.Close(out) }, trigger, l.inShadow(), failed)
}

// hint says what to do about what the kernel says.
func hint(err error) error {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("%w: `gpiodetect` lists the chips", err)
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("%w: add the user to the group gpio", err)
	case errors.Is(err, unix.ENOTTY):
		return fmt.Errorf("%w: it is no GPIO chip, or the kernel is older than 5.10", err)
	case errors.Is(err, unix.EBUSY):
		return fmt.Errorf("%w: `gpioinfo` says who holds the line", err)
	case errors.Is(err, unix.EINVAL):
		return fmt.Errorf("%w: the chip has no such line, or it cannot do what is asked: `gpioinfo` lists them", err)
	default:
		return err
	}
}
