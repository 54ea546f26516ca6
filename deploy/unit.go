package deploy

import _ "embed" // of the unit

// Unit is the unit of an agent that is installed below /usr/local, as deploy/jetson
// installs it.
//
//go:embed jetson/edge.service
var Unit string
