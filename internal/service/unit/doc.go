// Package unit installs the program, where it lies, as a service of systemd: for
// machines without the Debian package.
//
//	u, err := unit.New(ctx, unit.Options{Config: "hex-bolt/edge.yaml"})
//	fmt.Print(u.Text)
//	err = u.Install(ctx, os.Stdout)
//
// Promises: the unit is that of the package, deploy.Unit, with the paths of this
// program and configuration. It may write to the folders that the configuration names
// for that, and nowhere else. Install is idempotent. Neither Install nor Uninstall
// touches a unit that Install did not write, a configuration, or data.
//
// Non-promises: the program is not copied, so that it must stay where it is; New sees
// rights of files by their owner, group and mode, not by access control lists.
package unit
