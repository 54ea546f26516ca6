// Package metrics lists every metric of an agent, and holds the histograms that
// are filled while frames are inspected.
//
//	m := metrics.New()
//	belt := m.Camera("belt") // once; it resolves every label
//	belt.Observe(metrics.Encode, 12*time.Millisecond)
//	registry.MustRegister(m)
//
// List is the one list of names, types, labels and help texts: package web takes
// its descriptions from there, and docs/metrics.md is equal to it, by test. All
// other metrics are made from the agent's status when they are asked for, by
// package web, so that no counter is kept twice.
//
// Promises: observing allocates nothing and waits for no scrape. Label values are
// valid UTF-8 of bounded length (Label), and every label but camera, prompt_set,
// station, version, bundle and provider has a fixed set of values (OneOf).
//
// Non-promises: the number of cameras is that of the configuration; nothing here
// bounds it.
//
// A Metrics and its Cameras are safe for concurrent use. A nil *Camera observes
// nothing.
package metrics
