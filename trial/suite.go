package trial

import (
	"context"
	"errors"

	"pristine/evaluate/dataset"
	"pristine/evaluate/report"
)

// Suite measures the first set of the options on each data set, instead of the options'
// own data. A data set that cannot be measured is listed with the reason and does not
// stop the others; a cancelled context does. begin is called before each data set with
// its name and the result of Open.
func Suite(ctx context.Context, e Encoder, o Options, sets []dataset.Named, begin func(name string, data *dataset.Set)) (*report.Suite, error) {
	suite := new(report.Suite)
	for _, named := range sets {
		r, err := measureOne(ctx, e, o, named, begin)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		suite.Add(named.Name, r, err)
	}
	if suite.Mean.Sets == 0 {
		var all []error
		for _, m := range suite.Sets {
			all = append(all, errors.New(m.Name+": "+m.Error))
		}
		return nil, errors.Join(all...)
	}
	return suite, nil
}

func measureOne(ctx context.Context, e Encoder, o Options, named dataset.Named, begin func(string, *dataset.Set)) (*report.Report, error) {
	var err error
	if o.Data, err = dataset.Open(named.Path); err != nil {
		return nil, err
	}
	begin(named.Name, o.Data)
	t, err := Run(ctx, e, o)
	if err != nil {
		return nil, err
	}
	return t.Report(0)
}
