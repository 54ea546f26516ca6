package events

import (
	"bytes"
	_ "embed" // schema.json
	"fmt"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// SchemaJSON is the JSON Schema (2020-12) of every event.
//
//go:embed schema.json
var SchemaJSON []byte

// compiled is the schema, compiled once; a mistake in it is found by any test.
var compiled = sync.OnceValues(func() (*jsonschema.Schema, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(SchemaJSON))
	if err != nil {
		return nil, fmt.Errorf("read schema.json: %w", err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(Schema, document); err != nil {
		return nil, fmt.Errorf("read schema.json: %w", err)
	}
	return c.Compile(Schema)
})

// Validate compares bytes with schema.json; an error is an ErrEvent.
func Validate(body []byte) error {
	schema, err := compiled()
	if err != nil {
		return err
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrEvent, err)
	}
	if err := schema.Validate(instance); err != nil {
		return fmt.Errorf("%w: %w", ErrEvent, err)
	}
	return nil
}
