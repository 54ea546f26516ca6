package events

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// HubCode names why a hub does not accept events. Codes are stable: status,
// metrics and alarms carry them.
type HubCode string

// The codes of a HubError.
const (
	HubAddress        HubCode = "address"         // the configured address is not one
	HubCredentials    HubCode = "credentials"     // a file of secrets cannot be read
	HubDNS            HubCode = "dns"             // no such host
	HubRefused        HubCode = "refused"         // nothing listens on the port
	HubUnreachable    HubCode = "unreachable"     // no route to the host
	HubTimeout        HubCode = "timeout"         // no answer in time
	HubDisconnected   HubCode = "disconnected"    // the connection was lost
	HubTLS            HubCode = "tls"             // no TLS, or a certificate is not trusted
	HubAuth           HubCode = "auth"            // the hub refuses the user
	HubPermission     HubCode = "permission"      // the user may not do this
	HubNoJetStream    HubCode = "no_jetstream"    // JetStream is off at the hub or for the account
	HubStreamMissing  HubCode = "stream_missing"  // there is no stream, and none can be created
	HubStreamSubjects HubCode = "stream_subjects" // the stream does not store the station's subjects
	HubStreamMirror   HubCode = "stream_mirror"   // the stream is a mirror
	HubStreamSealed   HubCode = "stream_sealed"   // the stream is sealed
	HubStreamNoAck    HubCode = "stream_no_ack"   // the stream acknowledges nothing
	HubStreamFull     HubCode = "stream_full"     // the stream has reached its own limit
	HubMessageSize    HubCode = "message_size"    // a message is larger than the hub accepts
	HubLimits         HubCode = "limits"          // the account has reached its limits
	HubOther          HubCode = "other"           // none of these; see the error
)

// HubCodes returns every code.
func HubCodes() []HubCode {
	return []HubCode{
		HubAddress, HubCredentials, HubDNS, HubRefused, HubUnreachable, HubTimeout, HubDisconnected, HubTLS, HubAuth, HubPermission, HubNoJetStream,
		HubStreamMissing, HubStreamSubjects, HubStreamMirror, HubStreamSealed, HubStreamNoAck, HubStreamFull, HubMessageSize, HubLimits, HubOther,
	}
}

// HubError says why a hub does not accept events, and what to do about it.
type HubError struct {
	Code    HubCode
	Problem string // a sentence without its full stop
	Remedy  string // what to do next
	Err     error  // what the NATS client or the server said; may be nil
}

// Error returns the problem, what NATS said, and the remedy.
func (e *HubError) Error() string {
	text := e.Problem
	if e.Err != nil {
		text += " (" + oneLine(e.Err) + ")"
	}
	if e.Remedy != "" {
		text += ": " + e.Remedy
	}
	return text
}

// Unwrap returns what NATS said.
func (e *HubError) Unwrap() error { return e.Err }

func oneLine(err error) string {
	return strings.ReplaceAll(err.Error(), "\n", "; ")
}

// JetStream's codes that the client does not name (nats-server: errors.json).
const (
	errAccountResources  jetstream.ErrorCode = 10002
	errResources         jetstream.ErrorCode = 10023
	errStorageResources  jetstream.ErrorCode = 10047
	errStreamLimits      jetstream.ErrorCode = 10053
	errMessageSize       jetstream.ErrorCode = 10054
	errOtherStream       jetstream.ErrorCode = 10060
	errSubjectOverlap    jetstream.ErrorCode = 10065
	errStoreFailed       jetstream.ErrorCode = 10077
	errHeaderSize        jetstream.ErrorCode = 10097
	errSealed            jetstream.ErrorCode = 10109
	errMaxBytesRequired  jetstream.ErrorCode = 10113
	errNoLimits          jetstream.ErrorCode = 10120
	errStreamBytesExceed jetstream.ErrorCode = 10122
)

// HubCause classifies an error of a connection to a hub or of its JetStream. It
// returns nil for nil, and the HubError that err already holds, if any.
func HubCause(err error) *HubError {
	if err == nil {
		return nil
	}
	var known *HubError
	if errors.As(err, &known) {
		return known
	}
	for _, classify := range []func(error) *HubError{accessCause, jetStreamCause, networkCause} {
		if e := classify(err); e != nil {
			e.Err = err
			return e
		}
	}
	return &HubError{Code: HubOther, Problem: "the hub does not accept events", Err: err}
}

// accessCause explains TLS, users and permissions.
func accessCause(err error) *HubError {
	var (
		file      *os.PathError
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
		remote    *net.OpError
	)
	switch {
	case errors.Is(err, nats.ErrAuthExpired), errors.Is(err, nats.ErrAccountAuthExpired):
		return &HubError{Code: HubAuth, Problem: "the hub refuses the user: the credentials have expired", Remedy: "put new credentials into the same file; they are read again at the next attempt"}
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthRevoked):
		return &HubError{Code: HubAuth, Problem: "the hub refuses the user", Remedy: "correct the user or its secret, here or at the hub; the files are read again at each attempt"}
	case errors.Is(err, nats.ErrPermissionViolation):
		return &HubError{Code: HubPermission, Problem: "the hub does not permit the user to do this", Remedy: "grant the station's permissions of deploy/nats/hub.conf"}
	case errors.As(err, &authority):
		return &HubError{Code: HubTLS, Problem: "the hub's certificate is signed by an unknown authority", Remedy: "put the authority's certificate into the CA file"}
	case errors.As(err, &host):
		return &HubError{Code: HubTLS, Problem: "the hub's certificate is for another host", Remedy: "use a name that the certificate has, or issue one for this name"}
	case errors.As(err, &invalid):
		return &HubError{Code: HubTLS, Problem: "the hub's certificate is not valid", Remedy: "renew it, and check this machine's clock"}
	case errors.Is(err, nats.ErrSecureConnWanted):
		return &HubError{Code: HubTLS, Problem: "the hub offers no TLS", Remedy: "use nats:// without certificates, or turn TLS on at the hub"}
	case errors.As(err, &remote) && remote.Op == "remote error":
		return &HubError{Code: HubTLS, Problem: "the hub refuses this agent's certificate", Remedy: "set a certificate and its key that the hub trusts"}
	case errors.Is(err, nats.ErrTLS), errors.Is(err, nats.ErrSecureConnRequired), errors.As(err, new(tls.RecordHeaderError)):
		return &HubError{Code: HubTLS, Problem: "no TLS connection to the hub can be made", Remedy: "check the certificates and whether the hub expects TLS"}
	case errors.As(err, &file), errors.Is(err, ErrSecret):
		return &HubError{Code: HubCredentials, Problem: "the hub's credentials cannot be read", Remedy: "check that the files exist and that this user may read them; they are read again at the next attempt"}
	}
	return nil
}

// jetStreamCause explains what a server's JetStream answers.
func jetStreamCause(err error) *HubError {
	var api *jetstream.APIError
	switch {
	case errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
		return &HubError{Code: HubNoJetStream, Problem: "the hub's account has no JetStream", Remedy: "enable jetstream for the account"}
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled), errors.Is(err, nats.ErrNoResponders):
		return &HubError{Code: HubNoJetStream, Problem: "the hub has no JetStream", Remedy: "enable jetstream in the hub's configuration"}
	case errors.Is(err, jetstream.ErrNoStreamResponse):
		return &HubError{Code: HubStreamSubjects, Problem: "no stream at the hub stores the station's subjects", Remedy: streamRemedy}
	case errors.Is(err, nats.ErrMaxPayload):
		return &HubError{Code: HubMessageSize, Problem: "the message is larger than the hub's max_payload", Remedy: "raise max_payload at the hub"}
	case !errors.As(err, &api):
		return nil
	}
	switch api.ErrorCode {
	case errMaxBytesRequired:
		return &HubError{Code: HubLimits, Problem: "the hub's account requires a size for each stream", Remedy: "set events.hub.max_bytes and events.hub.evidence_bytes"}
	case errAccountResources, errResources, errStorageResources, errStreamLimits, errNoLimits, errStreamBytesExceed:
		return &HubError{Code: HubLimits, Problem: "the hub's account has no room for this", Remedy: "raise the account's limits, or lower events.hub.max_bytes and events.hub.evidence_bytes"}
	case errStoreFailed:
		return &HubError{Code: HubStreamFull, Problem: "the hub's stream takes no more messages", Remedy: "raise its limits, let it discard old messages, or free the hub's disk"}
	case errMessageSize, errHeaderSize:
		return &HubError{Code: HubMessageSize, Problem: "the message is larger than the stream's max_msg_size", Remedy: "raise max_msg_size of the hub's stream"}
	case errSealed:
		return &HubError{Code: HubStreamSealed, Problem: "the hub's stream is sealed", Remedy: "delete it or create it under its name again"}
	case errSubjectOverlap, errOtherStream:
		return &HubError{Code: HubStreamSubjects, Problem: "another stream at the hub stores the station's subjects already", Remedy: streamRemedy}
	case jetstream.JSErrCodeStreamNotFound:
		return &HubError{Code: HubStreamMissing, Problem: "the hub has no such stream", Remedy: "create it with deploy/nats/streams.sh"}
	}
	return nil
}

const streamRemedy = "let stream QC have the subjects of deploy/nats/streams.sh"

// networkCause explains why nothing answers.
func networkCause(err error) *HubError {
	var (
		dns     *net.DNSError
		parse   *url.Error
		timeout interface{ Timeout() bool }
	)
	switch {
	case errors.As(err, &dns):
		return &HubError{Code: HubDNS, Problem: fmt.Sprintf("the host name %s cannot be resolved", dns.Name), Remedy: "correct the hub's address, or this machine's DNS"}
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, nats.ErrNoServers):
		return &HubError{Code: HubRefused, Problem: "nothing listens at the hub's address", Remedy: "start the hub, or correct the port"}
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return &HubError{Code: HubUnreachable, Problem: "there is no route to the hub", Remedy: "check cable, switch and network settings"}
	case errors.As(err, &parse):
		return &HubError{Code: HubAddress, Problem: "the hub's address cannot be read", Remedy: "write it as nats://host:4222"}
	case errors.Is(err, io.EOF), errors.Is(err, nats.ErrStaleConnection), errors.Is(err, nats.ErrConnectionClosed), errors.Is(err, nats.ErrDisconnected),
		errors.Is(err, nats.ErrReconnectBufExceeded), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return &HubError{Code: HubDisconnected, Problem: "the connection to the hub was lost", Remedy: "it is tried again; check that the hub runs"}
	case errors.Is(err, nats.ErrMaxConnectionsExceeded), errors.Is(err, nats.ErrMaxAccountConnectionsExceeded):
		return &HubError{Code: HubLimits, Problem: "the hub has too many connections", Remedy: "raise max_connections at the hub"}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, nats.ErrTimeout),
		errors.As(err, &timeout) && timeout.Timeout(), strings.Contains(strings.ToLower(err.Error()), "authorization timeout"):
		return &HubError{Code: HubTimeout, Problem: "the hub does not answer in time", Remedy: "check the network and the hub's load"}
	}
	return nil
}
