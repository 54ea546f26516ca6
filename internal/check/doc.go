// Package check opens what a configuration names, and says everything at once
// that would keep an agent from starting, inspecting or delivering.
//
//	file, err := config.Open("edge.yaml")
//	for _, f := range check.Configuration(ctx, file, check.Options{Bundles: bundle.Check}) {
//		fmt.Println(f)
//	}
//
// It reads files and tries ports. It writes nothing, and reaches cameras and the hub
// only through the functions in Options, each with a time limit. A finding holds for
// that moment: a camera may be switched off later, and a port may become free.
package check
