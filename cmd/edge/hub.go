package main

import "pristine/events"

// hubFlags say how to reach a NATS server, in every command that does.
type hubFlags struct {
	URL      string `default:"nats://127.0.0.1:4222" env:"EDGE_NATS_URL" help:"NATS server of an agent or of the plant (default: ${default})."`
	Creds    string `placeholder:"FILE" help:"Credentials file."`
	Nkey     string `placeholder:"FILE" help:"Seed of an nkey."`
	User     string `placeholder:"FILE" help:"File with the user's name."`
	Password string `placeholder:"FILE" help:"File with the password."`
	CA       string `name:"ca" placeholder:"FILE" help:"CA certificates to trust (TLS)."`
	Cert     string `placeholder:"FILE" help:"Client certificate (mutual TLS)."`
	Key      string `placeholder:"FILE" help:"Key of the client certificate."`
	Inbox    string `name:"inbox-prefix" placeholder:"PREFIX" help:"Prefix of reply subjects, for users who may not read _INBOX."`
	Domain   string `name:"js-domain" placeholder:"NAME" help:"JetStream domain, e.g. that of a line's leaf node."`
}

func (f *hubFlags) hub() events.Hub {
	return events.Hub{URL: f.URL, CredsFile: f.Creds, NkeyFile: f.Nkey, UserFile: f.User, PasswordFile: f.Password, CAFile: f.CA, CertFile: f.Cert, KeyFile: f.Key, InboxPrefix: f.Inbox, Domain: f.Domain}
}
