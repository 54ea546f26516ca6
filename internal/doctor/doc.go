// Package doctor examines a station: its configuration, cameras, model, hub, clock,
// disk and machine. Each finding has a stable code, says what was found, and what to do.
//
//	report := doctor.Examine(ctx, doctor.Options{Config: "edge.yaml"})
//	report.WriteText(os.Stdout)
//
// One table, Kinds, holds every code with its severity: docs/doctor.md shows the same
// table, by test. What a configuration names is examined by package check, whose
// findings keep their codes.
//
// Promises: it changes nothing but a file of its own in events.dir, which it writes to
// measure the disk and removes. It works beside a running agent, whose ports and
// cameras are no fault. Cameras, hub and agent have a time limit to answer. All of
// /proc, /sys and the like is read below Options.Root.
//
// Non-promises: a finding holds for that moment only, and a machine without findings may
// still have a fault that no check knows.
//
// Examine may be called by many goroutines at once, but disks are then measured
// against each other. It lives in internal: only the commands use it.
package doctor
