package gpio

import (
	"encoding/binary"
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Sizes and offsets in bytes of the structures of linux/gpio.h.
const (
	requestSize = 592 // gpio_v2_line_request
	valuesSize  = 16  // gpio_v2_line_values
	eventSize   = 48  // gpio_v2_line_event

	consumerAt   = 256 // in a request
	flagsAt      = 288 // config.flags
	attributesAt = 296 // config.num_attrs
	attributeAt  = 320 // config.attrs[0]: id, padding, value, mask
	countAt      = 560 // num_lines
	fdAt         = 588 // fd

	maskAt = 8 // in values
	edgeAt = 8 // id, in an event
)

// Requests, as _IOWR of linux/ioctl.h makes them.
const (
	getLine   = 3<<30 | requestSize<<16 | 0xB4<<8 | 0x07 // GPIO_V2_GET_LINE_IOCTL
	setValues = 3<<30 | valuesSize<<16 | 0xB4<<8 | 0x0F  // GPIO_V2_LINE_SET_VALUES_IOCTL
)

// Values of linux/gpio.h.
const (
	activeLow         = 1 << 1 // GPIO_V2_LINE_FLAG_ACTIVE_LOW
	input             = 1 << 2 // GPIO_V2_LINE_FLAG_INPUT
	output            = 1 << 3 // GPIO_V2_LINE_FLAG_OUTPUT
	edgeRising        = 1 << 4 // GPIO_V2_LINE_FLAG_EDGE_RISING
	debounceAttribute = 3      // GPIO_V2_LINE_ATTR_ID_DEBOUNCE
	risingEdge        = 1      // GPIO_V2_LINE_EVENT_RISING_EDGE
)

// consumer is who holds the lines, as `gpioinfo` shows it.
const consumer = "edge"

// lineRequest is a request for lines by their offsets.
func lineRequest(flags uint64, debounce time.Duration, offsets ...int) []byte {
	r := make([]byte, requestSize)
	for i, offset := range offsets {
		binary.NativeEndian.PutUint32(r[4*i:], uint32(offset))
	}
	copy(r[consumerAt:], consumer)
	binary.NativeEndian.PutUint64(r[flagsAt:], flags)
	if debounce > 0 {
		binary.NativeEndian.PutUint32(r[attributesAt:], 1)
		binary.NativeEndian.PutUint32(r[attributeAt:], debounceAttribute)
		binary.NativeEndian.PutUint32(r[attributeAt+8:], uint32(debounce.Microseconds()))
		binary.NativeEndian.PutUint64(r[attributeAt+16:], 1) // of the first line
	}
	binary.NativeEndian.PutUint32(r[countAt:], uint32(len(offsets)))
	return r
}

// lineValues sets the first n lines of a request.
func lineValues(bits uint64, n int) []byte {
	v := make([]byte, valuesSize)
	binary.NativeEndian.PutUint64(v, bits)
	binary.NativeEndian.PutUint64(v[maskAt:], 1<<n-1)
	return v
}

func ioctl(fd int, request uint32, argument []byte) error {
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), uintptr(request), uintptr(unsafe.Pointer(&argument[0]))); errno != 0 {
		return errno
	}
	return nil
}

// request asks a chip for lines, and returns their descriptor.
func request(chip int, r []byte) (int, error) {
	if err := ioctl(chip, getLine, r); err != nil {
		return 0, fmt.Errorf("request lines: %w", err)
	}
	return int(int32(binary.NativeEndian.Uint32(r[fdAt:]))), nil
}
