package onnxfile

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// Field numbers of onnx.proto.
const (
	modelIRVersion = 1
	modelGraph     = 7
	modelOpset     = 8
	opsetDomain    = 1
	opsetVersion   = 2

	graphNode             = 1
	graphInitializer      = 5
	graphInput            = 11
	graphOutput           = 12
	graphValueInfo        = 13
	graphQuantization     = 14
	nodeInput             = 1
	nodeOutput            = 2
	nodeOperator          = 4
	nodeAttribute         = 5
	attributeName         = 1
	attributeInt          = 3
	attributeTensor       = 5
	attributeGraph        = 6
	attributeInts         = 8
	attributeType         = 20
	attributeGraphs       = 11
	tensorDims            = 1
	tensorDataType        = 2
	tensorFloatData       = 4
	tensorInt32Data       = 5
	tensorInt64Data       = 7
	tensorName            = 8
	tensorRawData         = 9
	tensorExternalData    = 13
	tensorDataLocation    = 14
	entryKey              = 1
	entryValue            = 2
	valueName             = 1
	valueType             = 2
	typeTensor            = 1
	tensorTypeElem        = 1
	tensorTypeShape       = 2
	shapeDim              = 1
	dimValue              = 1
	quantizationParameter = 1
)

// field is one field of a message.
type field struct {
	number int
	raw    []byte // with its tag
	data   []byte // of a length-delimited field
	value  uint64 // of a varint
	fixed  bool   // data is a number of fixed size
}

// fields splits a message. The slices lie within it.
func fields(message []byte) ([]field, error) {
	var all []field
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return nil, fmt.Errorf("%w: %w", ErrNotONNX, protowire.ParseError(n))
		}
		size := protowire.ConsumeFieldValue(number, kind, message[n:])
		if size < 0 {
			return nil, fmt.Errorf("%w: %w", ErrNotONNX, protowire.ParseError(size))
		}
		f := field{number: int(number), raw: message[:n+size]}
		switch kind {
		case protowire.BytesType:
			f.data, _ = protowire.ConsumeBytes(message[n:])
		case protowire.VarintType:
			f.value, _ = protowire.ConsumeVarint(message[n:])
		case protowire.Fixed32Type:
			f.data, f.fixed = message[n:n+4], true
		}
		all, message = append(all, f), message[n+size:]
	}
	return all, nil
}

func number(message []field, wanted int) (uint64, bool) {
	for _, f := range message {
		if f.number == wanted && f.data == nil {
			return f.value, true
		}
	}
	return 0, false
}

func bytesOf(message []field, wanted int) ([]byte, bool) {
	for _, f := range message {
		if f.number == wanted && f.data != nil {
			return f.data, true
		}
	}
	return nil, false
}

// inside is the fields of the message in a field; none where it is not there.
func inside(message []field, wanted int) ([]field, error) {
	data, _ := bytesOf(message, wanted)
	return fields(data)
}

func parseValue(data []byte) (Value, error) {
	message, err := fields(data)
	if err != nil {
		return Value{}, err
	}
	name, _ := bytesOf(message, valueName)
	v := Value{Name: string(name)}
	kind, err := inside(message, valueType)
	if err != nil {
		return v, err
	}
	tensor, err := inside(kind, typeTensor)
	if err != nil {
		return v, err
	}
	elem, _ := number(tensor, tensorTypeElem)
	v.Type = int(elem)
	shape, err := inside(tensor, tensorTypeShape)
	if err != nil {
		return v, err
	}
	for _, f := range shape {
		if f.number != shapeDim {
			continue
		}
		dim, err := fields(f.data)
		if err != nil {
			return v, err
		}
		size, fixed := number(dim, dimValue)
		if !fixed {
			size = ^uint64(0) // −1
		}
		v.Shape = append(v.Shape, int64(size))
	}
	return v, nil
}
