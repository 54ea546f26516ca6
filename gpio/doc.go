// Package gpio lets a light barrier trigger parts, and answers with output lines, over
// the Linux GPIO character device (linux/gpio.h, version 2, kernel 5.10 and newer).
//
//	port, err := gpio.Open(gpio.Lines{Chip: "/dev/gpiochip0", Trigger: 17, Busy: 27, Pass: 22, Reject: gpio.None}, gate.Trigger, warn)
//	defer port.Close()
//
//	Trigger   input    each rising edge is a part
//	Busy      output   a part is being inspected
//	Pass      output   while Busy is low: the last part is PASS
//	Reject    output   while Busy is low: the last part is anything else
//
// While the prompt set is in shadow (not armed), neither Pass nor Reject is set,
// unless Lines.InShadow names one of them.
//
// Promises: Pass is set only for PASS of an armed set. A part without an answer in time
// has Reject. All outputs change in one request to the kernel: results are cleared when
// Busy rises, and set when it falls. An edge while Busy changes no result: the gate
// refuses and counts it. Close clears every output.
//
// Non-promises: if the machine is off or the program is killed, the outputs depend on
// the hardware: wire them so that no signal means Reject. It was never run on a GPIO
// chip: tests compare the structures with the kernel's header and send the kernel's
// events through a pipe.
//
// It is safe for concurrent use.
package gpio
