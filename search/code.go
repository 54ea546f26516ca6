package search

import "math"

// zero is the byte of the number 0.
const zero = 128

// Code is a vector, a byte a number: (byte − 128) · Scale.
type Code struct {
	Scale float32
	Bytes []byte
}

// Encode quantises a vector by its largest number.
func Encode(v []float32) Code {
	most := float32(0)
	for _, x := range v {
		most = max(most, x, -x)
	}
	c := Code{Scale: most / 127, Bytes: make([]byte, len(v))}
	for i, x := range v {
		c.Bytes[i] = zero
		if most > 0 {
			c.Bytes[i] = byte(zero + math.Round(float64(x/c.Scale)))
		}
	}
	return c
}

// Decode returns the vector, to a 127th of its largest number.
func (c Code) Decode() []float32 {
	v := make([]float32, len(c.Bytes))
	for i, b := range c.Bytes {
		v[i] = float32(int(b)-zero) * c.Scale
	}
	return v
}
