package main

import (
	"reflect"

	"github.com/alecthomas/kong"

	"pristine/infer"
	"pristine/internal/assets"
)

// asset reads flags and arguments of type:"asset": files that may be the
// program's own, such as bundles and prompt sets.
var asset = kong.NamedMapper("asset", kong.MapperFunc(func(ctx *kong.DecodeContext, target reflect.Value) error {
	var path string
	if err := ctx.Scan.PopValueInto("path", &path); err != nil {
		return err
	}
	target.SetString(assets.Find(path))
	return nil
}))

// bundleFlag is the --bundle of every command that encodes.
type bundleFlag struct {
	Bundle string `type:"asset" default:"models/pocket" placeholder:"DIR" help:"Folder of the model bundle (default: ${default})."`
}

// encoderFlags say, in a command that encodes pictures, with what and where.
type encoderFlags struct {
	bundleFlag `embed:""`
	Provider   string `enum:"${providers}" default:"cpu" help:"Where the pictures are encoded: ${provider_list} (default: ${default})."`
	Precision  string `enum:"fp32,fp16" default:"fp32" help:"As model.precision: fp32 or fp16 (default: ${default})."`
}

// options adds where to encode to how. Nothing else stands in: figures of two
// providers are never mixed.
func (f *encoderFlags) options(o infer.Options) infer.Options {
	o.Providers, o.Precision, o.Policy = []string{f.Provider}, f.Precision, "require"
	return o
}
