// Package starter makes a part's folder from photos: a prompt set, references, a
// configuration, and a folder into which a camera writes.
//
//	f, err := starter.Create(starter.Options{Dir: "bolt", Good: files, Shipped: "configs/prompts/part.yaml"})
//	fmt.Println(f.Set, f.Config, f.References, f.Measured)
//
// Promises: it writes into a folder that is new or empty, and into no other. Photos
// are copied, never moved. The references are spread over the photos in the order of
// their names, so that they show more than the first minute of a series. The photos
// that are not references are left to measure by.
//
// It keeps no state.
package starter
