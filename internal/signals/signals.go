package signals

/*
#include <signal.h>

static void keep(struct sigaction *all) {
	for (int s = 1; s < NSIG; s++)
		// The threads library keeps two signals to itself.
		if (sigaction(s, NULL, &all[s]) != 0)
			all[s].sa_handler = SIG_DFL;
}

static int restore(const struct sigaction *all) {
	int restored = 0;
	for (int s = 1; s < NSIG; s++) {
		struct sigaction now;
		if (all[s].sa_handler == SIG_DFL || all[s].sa_handler == SIG_IGN || sigaction(s, NULL, &now) != 0)
			continue;
		if (now.sa_handler != all[s].sa_handler || now.sa_flags != all[s].sa_flags)
			restored += sigaction(s, &all[s], NULL) == 0;
	}
	return restored;
}
*/
import "C"

// Handlers are the signal handlers of a moment.
type Handlers struct {
	all [C.NSIG]C.struct_sigaction
}

// Keep returns the handlers that are installed now.
func Keep() *Handlers {
	h := &Handlers{}
	first := &h.all[0]
	C.keep(first)
	return h
}

// Restore installs those handlers again that something replaced since Keep, and
// gives their number.
func (h *Handlers) Restore() int {
	first := &h.all[0]
	return int(C.restore(first))
}
