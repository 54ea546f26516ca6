// Package onnxfile reads the outline of an ONNX file, and changes one without
// looking at the weights: it cuts a part out, makes inputs and outputs float32,
// adds an output of patch features, or renames the files of external data.
//
//	o, err := onnxfile.Read("onnx/model.onnx")
//	images, err := o.Cut("image_embeds") // the file of the image tower alone
//
// Promises: a file that is no ONNX model, or is cut short, is an error, as is
// external data that is not there or too short. What Cut leaves of a model
// returns the same numbers for its outputs. Widen rounds inputs to float16, as
// the model takes them, and changes nothing else. FirstTokenOf and LastNormOf
// name a value only where all that the output knows of the input passes through.
//
// Non-promises: it does not check that operators exist or fit together; ONNX
// Runtime does, when it opens the model.
//
// An Outline holds the whole file in memory, and may be used by many
// goroutines.
package onnxfile
