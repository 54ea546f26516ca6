package main

import (
	"context"
	"reflect"

	"github.com/alecthomas/kong"

	"pristine/infer"
	"pristine/internal/assets"
	"pristine/internal/usage"
	"pristine/observe"
	"pristine/prompts"
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

// pairFlags are the bundle and that of references.
type pairFlags struct {
	bundleFlag `embed:""`
	Features   string `name:"references-bundle" type:"asset" placeholder:"DIR" help:"A second bundle, or an export such as DINOv2's, for the patches of references, as model.references (default: the bundle itself)."`
}

// encoderFlags are the model and the provider of a command that encodes pictures.
type encoderFlags struct {
	pairFlags `embed:""`
	Provider  string `enum:"${providers}" default:"cpu" help:"Where the pictures are encoded: ${provider_list} (default: ${default})."`
	Precision string `enum:"fp32,fp16" default:"fp32" help:"Number format of the model: fp32, or fp16 for GPUs (default: ${default})."`
	NoCache   bool   `help:"Encode all picture files again, without the cache."`
}

// options adds the provider and precision to o. There is no fallback: figures of two
// providers are never mixed.
func (f *encoderFlags) options(o infer.Options) infer.Options {
	o.Providers, o.Precision, o.Policy = []string{f.Provider}, f.Precision, "require"
	return o
}

// openPaired opens the bundle, and that of references where there is one.
func (f *encoderFlags) openPaired(o infer.Options) (*observe.Model, error) {
	model, err := observe.OpenPaired(f.Bundle, f.Features, f.options(o), nil)
	if err == nil && f.NoCache {
		model.ForgetFiles()
	}
	return model, err
}

// openBank opens a model and the bank of a set, with a folder of references or,
// where that is "", those beside the set. Close the model.
func openBank(ctx context.Context, s *streams, f *encoderFlags, set, references string) (*observe.Model, *prompts.Bank, error) {
	if err := s.warnSkipped(references); err != nil {
		return nil, nil, usage.Error(err)
	}
	model, err := f.openPaired(infer.Options{})
	if err != nil {
		return nil, nil, err
	}
	bank, err := model.BankWith(ctx, set, observe.View{}, references)
	if err != nil {
		model.Close()
		return nil, nil, err
	}
	return model, bank, nil
}
