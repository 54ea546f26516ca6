// Package config is the agent's configuration: configs/edge.yaml.
//
//	cfg, err := config.Load("configs/edge.yaml")
//
// It promises that Default is what an empty file gives, that
// configs/edge.yaml holds every key with its default, that every mistake in a
// file is reported at once with file, line, key, value and what is allowed,
// and that secrets stand in files of their own, never in the configuration.
//
// A relative path in a file is looked for beside the file, then in the working
// directory; a bundle or a prompt set then also where the program's own are
// (package assets). What is nowhere yet, such as a new folder of events, is made
// beside the file.
//
// It does not look at what a value points to: whether a bundle or a prompt
// set can be read is said by who opens it.
package config
