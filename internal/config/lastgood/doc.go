// Package lastgood keeps a copy of the configuration that an agent last started
// with, so that a mistake in the file does not take the line down.
//
//	err := lastgood.Save("/etc/pristine/edge.yaml", data, cfg.Events.Dir)
//	…
//	copy, err := lastgood.Find("/etc/pristine/edge.yaml", badData)
//
// The copy lies beside the folder of events, as DIR.last-good.yaml, readable by
// its owner only. Its first line names the file that it is a copy of: an agent
// never starts with the copy of another's.
//
// Find looks beside every folder that the bad file still names as dir, beside
// the default one, and in $STATE_DIRECTORY, which systemd sets. It does not find
// a copy beside a folder that the bad file no longer names at all.
package lastgood
