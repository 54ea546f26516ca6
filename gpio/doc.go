// Package gpio has parts triggered by a light barrier that is wired to the
// machine, and answers with output lines, over the Linux GPIO character device
// (linux/gpio.h, version 2, kernel 5.10 and newer).
//
//	port, err := gpio.Open(gpio.Lines{Chip: "/dev/gpiochip0", Trigger: 17, Busy: 27, Pass: 22, Reject: gpio.None}, gate.Trigger, warn)
//	defer port.Close()
//
//	Trigger   input    a part is there at each rising edge
//	Busy      output   a part is being inspected
//	Pass      output   while Busy is low: the last part is PASS
//	Reject    output   while Busy is low: the last part is anything else
//
// While the prompt set is in shadow (not armed), neither Pass nor Reject is set,
// unless Lines.InShadow names one of them.
//
// Promises: Pass is set for PASS of an armed set only; a part without an answer in time has
// Reject. All outputs change in one request to the kernel: results are withdrawn
// as Busy rises, and are there as it falls. An edge while Busy changes no result:
// the gate refuses it and counts it. Close clears every output.
//
// Non-promises: a machine that is switched off, or a program that is killed,
// leaves the outputs as the hardware has them: wire them so that no signal means
// Reject. No GPIO chip is on the machines of the tests: they hold the structures
// against the kernel's header, and play the kernel's events through a pipe.
//
// Safe for concurrent use.
package gpio
