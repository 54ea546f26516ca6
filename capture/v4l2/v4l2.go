package v4l2

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"

	"pristine/capture"
)

// Device is what a driver says of a camera.
type Device struct {
	Driver  string   `json:"driver"`
	Card    string   `json:"card"`
	Bus     string   `json:"bus"`
	Formats []Format `json:"formats"`
}

// Format is one way in which pixels are packed.
type Format struct {
	Format      string `json:"format"` // four characters, as the option format takes them
	Description string `json:"description"`
	Sizes       []Size `json:"sizes"`
}

// Size is one size of pictures, or a range of them.
type Size struct {
	Width     int       `json:"width"` // pixels; the least of a range
	Height    int       `json:"height"`
	MaxWidth  int       `json:"max_width,omitempty"` // of a range; 0 for one size
	MaxHeight int       `json:"max_height,omitempty"`
	FPS       []float64 `json:"fps"` // frames a second, the driver's preferred first; of a range, least and most
}

// Query asks the camera at a path below /dev.
func Query(path string) (Device, error) {
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return Device{}, fmt.Errorf("open camera %s: %w", path, cause(err))
	}
	defer func() { _ = unix.Close(fd) }()
	d, err := query(func(request uint32, argument []byte) error {
		if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), uintptr(request), uintptr(unsafe.Pointer(&argument[0]))); errno != 0 {
			return errno
		}
		return nil
	})
	if err != nil {
		return Device{}, fmt.Errorf("ask camera %s: %w", path, cause(err))
	}
	return d, nil
}

// cause puts what the kernel says into the words of package capture.
func cause(err error) error {
	switch {
	case errors.Is(err, os.ErrNotExist), errors.Is(err, unix.ENXIO), errors.Is(err, unix.ENODEV):
		return fmt.Errorf("%w: %w: `ls /dev/video*` lists the cameras that are plugged in", capture.ErrNotFound, err)
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("%w: %w: add the user to the group video", capture.ErrAuth, err)
	case errors.Is(err, unix.EBUSY):
		return fmt.Errorf("%w: %w: another program uses it", capture.ErrBusy, err)
	case errors.Is(err, unix.ENOTTY), errors.Is(err, unix.EINVAL):
		return fmt.Errorf("%w: %w: it is not a Video4Linux device that captures", capture.ErrProtocol, err)
	default:
		return err
	}
}

// control asks a driver; argument is the request's structure, for both ways.
type control func(request uint32, argument []byte) error

func query(ask control) (Device, error) {
	about := make([]byte, capabilitySize)
	if err := ask(queryCapability, about); err != nil {
		return Device{}, err
	}
	d := Device{Driver: text(about[0:16]), Card: text(about[16:48]), Bus: text(about[48:80]), Formats: []Format{}}
	capabilities := word(about, 84)
	if capabilities&hasDeviceCapabilities != 0 {
		capabilities = word(about, 88) // of this node, not of the whole camera
	}
	if capabilities&capturesVideo == 0 {
		return Device{}, unix.ENOTTY
	}
	err := list(ask, enumerateFormats, formatSize, func(f []byte) { put(f, 4, captureQueue) }, func(f []byte) error {
		format := Format{Format: text(f[44:48]), Description: text(f[12:44])}
		var err error
		format.Sizes, err = sizes(ask, word(f, 44))
		d.Formats = append(d.Formats, format)
		return err
	})
	return d, err
}

func sizes(ask control, format uint32) ([]Size, error) {
	all := []Size{}
	err := list(ask, enumerateSizes, sizeSize, func(s []byte) { put(s, 4, format) }, func(s []byte) error {
		size := Size{Width: int(word(s, 12)), Height: int(word(s, 16))}
		if word(s, 8) != discrete { // least, most and step of widths, then of heights
			size = Size{Width: int(word(s, 12)), MaxWidth: int(word(s, 16)), Height: int(word(s, 24)), MaxHeight: int(word(s, 28))}
		}
		var err error
		size.FPS, err = rates(ask, format, size)
		all = append(all, size)
		return err
	})
	return all, err
}

func rates(ask control, format uint32, size Size) ([]float64, error) {
	all := []float64{}
	err := list(ask, enumerateIntervals, intervalSize, func(i []byte) {
		put(i, 4, format)
		put(i, 8, uint32(size.Width))
		put(i, 12, uint32(size.Height))
	}, func(i []byte) error {
		if word(i, 16) == discrete {
			all = append(all, rate(i, 20))
		} else { // the shortest interval comes first
			all = append(all, rate(i, 28), rate(i, 20))
		}
		return nil
	})
	return all, err
}

// rate is the inverse of the interval, a fraction of seconds, at an offset.
func rate(b []byte, at int) float64 {
	if word(b, at) == 0 {
		return 0
	}
	return float64(word(b, at+4)) / float64(word(b, at))
}

// list asks for one item after the other until there is none.
func list(ask control, request uint32, size int, begin func(item []byte), each func(item []byte) error) error {
	for index := range uint32(mostItems) {
		item := make([]byte, size)
		put(item, 0, index)
		begin(item)
		switch err := ask(request, item); {
		case errors.Is(err, unix.EINVAL), index == 0 && errors.Is(err, unix.ENOTTY): // the end; or a driver without this list
			return nil
		case err != nil:
			return err
		}
		if err := each(item); err != nil {
			return err
		}
	}
	return nil
}

func word(b []byte, at int) uint32   { return binary.NativeEndian.Uint32(b[at:]) }
func put(b []byte, at int, v uint32) { binary.NativeEndian.PutUint32(b[at:], v) }

// text is what stands before the first zero.
func text(b []byte) string {
	b, _, _ = bytes.Cut(b, []byte{0})
	return string(bytes.ToValidUTF8(b, []byte("?")))
}
