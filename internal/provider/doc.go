// Package provider installs execution providers of ONNX Runtime from the wheels that
// their makers publish: pinned by hash, fetched by pip, nothing compiled.
//
//	p, err := provider.Named("cuda")
//	dir, err := p.Install(ctx, provider.Options{Dir: "/var/lib/pristine"})
//
// It goes to providers/NAME of the folder, where package infer finds it at the next
// start. Loader adds those folders to the path of the system's loader, since their
// libraries name one another without one.
//
// Promises: a provider is there as a whole or not at all, whatever breaks on the way;
// a wheel of another hash is refused; licences are kept beside the libraries.
//
// Non-promises: it installs no driver, and does not check that a card is there.
// Two programs that install the same provider at once both work; the last one stays.
package provider
