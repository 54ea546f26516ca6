package main

import "pristine/infer"

// bundleFlag is the --bundle of every command that encodes.
type bundleFlag struct {
	Bundle string `default:"models/pocket" placeholder:"DIR" help:"Folder of the model bundle (default: ${default})."`
}

// encoderFlags say, in a command that encodes pictures, with what and where.
type encoderFlags struct {
	bundleFlag `embed:""`
	Provider   string `enum:"${providers}" default:"cpu" help:"Where the pictures are encoded: ${enum} (default: ${default})."`
	Precision  string `enum:"fp32,fp16" default:"fp32" help:"As model.precision: fp32 or fp16 (default: ${default})."`
}

// options adds where to encode to how. Nothing else stands in: figures of two
// providers are never mixed.
func (f *encoderFlags) options(o infer.Options) infer.Options {
	o.Providers, o.Precision, o.Policy = []string{f.Provider}, f.Precision, "require"
	return o
}
