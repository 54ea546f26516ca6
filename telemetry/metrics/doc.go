// Package metrics lists every metric of an agent, and implements the histograms of
// inspected frames.
//
//	m := metrics.New()
//	belt := m.Camera("belt") // once; it resolves every label
//	belt.Observe(metrics.Encode, 12*time.Millisecond)
//	registry.MustRegister(m)
//
// List is the only list of names, types, labels and help texts. Package web gets its
// descriptions from it, and a test compares docs/metrics.md with it. Package web makes
// all other metrics from the agent's status at each scrape, so that no counter exists
// twice.
//
// Promises: observing allocates nothing and does not wait for a scrape. Label values are
// valid UTF-8 of bounded length (Label), and every label but camera, prompt_set,
// station, version, bundle and provider has a fixed set of values (OneOf).
//
// Non-promises: it does not limit the number of cameras, which comes from the
// configuration.
//
// A Metrics and its Cameras are safe for concurrent use. A nil *Camera observes
// nothing.
package metrics
