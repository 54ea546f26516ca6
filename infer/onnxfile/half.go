package onnxfile

import (
	"encoding/binary"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// halfOf returns the bytes of a single float16 that is kept as int32_data.
func halfOf(tensor []field) ([]byte, bool) {
	packed, ok := bytesOf(tensor, tensorInt32Data)
	v, n := protowire.ConsumeVarint(packed)
	if ok && n != len(packed) {
		return nil, false
	}
	if !ok {
		v, ok = number(tensor, tensorInt32Data)
	}
	return binary.LittleEndian.AppendUint16(nil, uint16(v)), ok
}

// float16 returns the value of an IEEE 754 binary16.
func float16(bits uint16) float64 {
	sign := 1.0
	if bits>>15 == 1 {
		sign = -1
	}
	exponent, fraction := int(bits>>10&31), float64(bits&1023)
	switch exponent {
	case 0:
		return sign * math.Ldexp(fraction, -24)
	case 31:
		if fraction != 0 {
			return math.NaN()
		}
		return sign * math.Inf(1)
	default:
		return sign * math.Ldexp(1024+fraction, exponent-25)
	}
}
