package infer

// #include <stdlib.h>
// #ifdef __GLIBC__
// #include <malloc.h>
// static void trim(void) { malloc_trim(0); }
// #else
// static void trim(void) {}
// #endif
import "C"

// trim gives free C memory back to the system. To open a model takes its size twice for
// a moment, and the C library keeps what is free between blocks that are in use.
func trim() { C.trim() }
