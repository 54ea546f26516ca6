// Package meter measures what a piece of work costs: time on the clock, time
// of all cores, and heap allocations.
//
//	cost, err := meter.Measure(100, func() error { return step() })
//	fmt.Println(cost.Wall, cost.CPU, cost.Allocations)
//
// OwnMemory and PeakMemory return what the process holds, Age how long it has run.
//
// Promises: CPU is that of the whole process (getrusage), so threads that a
// library starts count too; the work runs once, unmeasured, before.
//
// Non-promises: other goroutines of the process are not told apart. Measure one
// thing at a time.
package meter
