// Package journal reads the log of an agent that runs as a unit of systemd, and prints
// its lines with their fields, whether log.format is text or json.
//
//	err := journal.Show(ctx, os.Stdout, journal.Options{Unit: "edge", Since: time.Hour})
//
// Promises: passwords in addresses are hidden, as in the log itself, and nothing is
// printed that a terminal takes for a command. A line that is no log line of the agent,
// such as one of systemd, is printed as it is.
//
// Non-promises: Show asks journalctl, which every Debian has with systemd. Where the user
// may not read the journal, that shows no line of the agent, and Show returns ErrNothing.
package journal
