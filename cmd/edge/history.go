package main

import (
	"context"
	"errors"

	"pristine/history"
	"pristine/internal/config"
	"pristine/internal/usage"
)

// historyFlags name an agent's history on this machine.
type historyFlags struct {
	Config  string `placeholder:"FILE" help:"Configuration of the agent, for the folder of its history; without one, the defaults."`
	History string `placeholder:"DIR" help:"Folder of the history, instead of the configuration's."`
}

// dir returns the folder.
func (f *historyFlags) dir() (string, error) {
	if f.History != "" {
		return f.History, nil
	}
	c, err := config.Load(f.Config)
	if err != nil {
		return "", usage.Error(err)
	}
	return c.HistoryDir(), nil
}

// open opens the history for reading, beside an agent that may be running.
func (f *historyFlags) open(ctx context.Context) (*history.Reader, error) {
	dir, err := f.dir()
	if err != nil {
		return nil, err
	}
	r, err := history.OpenReader(ctx, dir)
	if errors.Is(err, history.ErrNone) {
		return nil, usage.Error(err)
	}
	return r, err
}

// station names the agent of the history, as its configuration does.
func (f *historyFlags) station() (string, error) {
	c, err := config.Load(f.Config)
	if err != nil {
		return "", usage.Error(err)
	}
	return c.Station.Site + "/" + c.Station.Line + "/" + c.Station.Name, nil
}
