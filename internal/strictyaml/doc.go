// Package strictyaml reads YAML into Go structs and reports every mistake at
// once, each with its file, line and key.
//
//	var cfg Config = Defaults()
//	doc := strictyaml.Decode("edge.yaml", data, &cfg)
//	if cfg.Threshold > 1 {
//		doc.Addf("threshold", "must be between 0 and 1 (got %v)", cfg.Threshold)
//	}
//	if err := doc.Err(); err != nil { … }
//
// It promises that an unknown key, a key written twice, a value of the wrong
// type, and every complaint of the caller end in one error list, sorted by
// line; that every problem has a line; that unknown keys name the nearest known
// one; and that a key which is absent leaves the value that the struct held
// before. Mistakes that people make without seeing them have messages of their
// own that name the remedy: another encoding than UTF-8, curly quotes,
// no-break spaces, tabs, a second document, a leading zero, a decimal comma, and
// {} without quotes.
//
// It does not expand environment variables and does not read more than one
// document. Decoding never panics on any input (fuzzed). A Document belongs
// to one goroutine.
package strictyaml
