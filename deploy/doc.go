// Package deploy holds the systemd unit that all ways of installing share.
//
//	text := deploy.Unit
//
// The package of Debian, the installation script and `edge service install` change
// its paths and user only, so that the agent has the same rights everywhere. It holds
// no state.
package deploy
