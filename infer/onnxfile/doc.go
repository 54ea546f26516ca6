// Package onnxfile reads the structure of an ONNX file, and edits it without reading the
// weights: it extracts a subgraph, makes inputs and outputs float32, adds an output of
// patch features, or renames the files of external data.
//
//	o, err := onnxfile.Read("onnx/model.onnx")
//	images, err := o.Cut("image_embeds") // the file of the image tower alone
//
// Promises: a file that is not an ONNX model, or is truncated, is an error, and so is
// external data that is missing or truncated. Cut does not change the values of the
// remaining outputs. Widen rounds inputs to float16, as the model needs them, and
// changes nothing else. FirstTokenOf and LastNormOf return a value only if all paths
// from the input to the output pass through it.
//
// Non-promises: it does not check that operators exist or fit together; ONNX
// Runtime does, when it opens the model.
//
// An Outline holds the whole file in memory, and may be used by many
// goroutines.
package onnxfile
