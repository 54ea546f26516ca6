// Package cprogram compiles C for tests: what a header says, or a library that
// misbehaves.
//
//	sizes := cprogram.Run(t, `#include <linux/gpio.h> …`)
package cprogram
