// Package signals says which signals stop the program, and keeps Go's handlers
// of them where a C library puts its own.
//
//	ctx, release := signals.Stopping(context.Background())
//	defer release()
//
//	handlers := signals.Keep()
//	loadTheLibrary()
//	handlers.Restore()
//
// The CUDA execution provider of ONNX Runtime installs handlers, some of them
// in its first run with more than one picture (onnxruntime_go, issue 140). They
// lack SA_ONSTACK, so that Go's runtime ends the program with a fatal error when
// a signal arrives: Ctrl-C, or the SIGTERM of systemd, would lose what is under
// way. signal.Notify does not install Go's handler again, for it takes it for
// installed.
//
// Restore puts back each handler that was there at Keep. It leaves alone the
// signals that had none then, and those that were ignored. It does not keep a
// library from installing its own again later: call it after whatever may do so.
//
// The CPU plug-in of OpenVINO puts a signal stack of its own under the thread that
// loads it, and unmaps it with its last session, on whatever thread that is closed.
// The kernel ends a program whose thread has no such stack left at its next signal,
// and Go sends signals to preempt: with SIGSEGV, and without a trace. KeepStack gives
// the thread its own back before that:
//
//	signals.KeepStack(func() { session, err = open() })
//
// Restore and KeepStack may be called by many goroutines.
package signals
