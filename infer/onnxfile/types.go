package onnxfile

import "fmt"

// Element types of onnx.proto's TensorProto.DataType.
const (
	Float32  = 1
	Uint8    = 2
	Int32    = 6
	Int64    = 7
	Float16  = 10
	Double   = 11
	BFloat16 = 16
)

// typeNames are those of onnx.proto, as exporters write them.
var typeNames = map[int]string{
	Float32: "float32", Uint8: "uint8", 3: "int8", 4: "uint16", 5: "int16", Int32: "int32", Int64: "int64", 8: "string", 9: "bool",
	Float16: "float16", Double: "float64", 12: "uint32", 13: "uint64", 14: "complex64", 15: "complex128", BFloat16: "bfloat16",
	17: "float8", 18: "float8", 19: "float8", 20: "float8", 21: "uint4", 22: "int4", 23: "float4",
}

// TypeName returns the name of an element type, such as float16.
func TypeName(elem int) string {
	if name, ok := typeNames[elem]; ok {
		return name
	}
	return fmt.Sprintf("a type that is not known (%d)", elem)
}
