// Package config is the agent's configuration: configs/edge.yaml.
//
//	cfg, err := config.Load("configs/edge.yaml")
//
// It promises that Default is what an empty file gives, that
// configs/edge.yaml holds every key with its default, that every mistake in a
// file is reported at once with file, line, key, value and what is allowed,
// and that it need not hold secrets, which have files of their own. The password in a
// camera's address is hidden wherever the configuration is shown.
//
// A relative path in a file is looked up beside the file, then in the working
// directory; a bundle or a prompt set then also among the program's own (package
// assets). A path that does not exist yet, such as a new folder of events, is beside
// the file.
//
// A loaded value is valid: addresses, regions and polygons are parsed once, here.
// Non-promise: what a path or an address leads to is not looked at. Package check does
// that.
package config
