package rtsp

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"github.com/icholy/digest"

	"pristine/capture"
	"pristine/capture/digestauth"
)

// Port is where RTSP listens (RFC 7826, section 4.2), TLSPort where RTSPS does.
const (
	Port    = "554"
	TLSPort = "322"
)

// Explain returns why the camera at an rtsp:// or rtsps:// address gives no
// frames.
func Explain(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("%w: no valid URL", capture.ErrProtocol)
	}
	c, err := dial(ctx, u)
	if err != nil {
		return err
	}
	defer c.conn.Close()
	defer context.AfterFunc(ctx, func() { _ = c.conn.Close() })()
	status, header, err := c.describe("")
	if err == nil && status == 401 && u.User != nil {
		status, header, err = c.describe(c.authorization(header, u))
	}
	if err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("%w: it accepts connections and does not answer", capture.ErrTimeout)
		}
		return err
	}
	if status != 200 {
		return capture.StatusError(status, u.User != nil)
	}
	if c.algorithm != "" && !strings.HasPrefix(strings.ToUpper(c.algorithm), "MD5") {
		return fmt.Errorf("%w: the camera wants Digest with %s, which FFmpeg does not know: allow MD5 or Basic in the camera's security settings", capture.ErrAuth, c.algorithm)
	}
	return fmt.Errorf("%w: the camera offers %s: choose H.264 in its settings", capture.ErrCodec, c.codecs(header))
}

type connection struct {
	conn net.Conn
	text *textproto.Reader
	url  string // without credentials
	seq  int

	algorithm string // of the Digest that was answered; "" where there was none
}

func dial(ctx context.Context, u *url.URL) (*connection, error) {
	port := u.Port()
	if port == "" && u.Scheme == "rtsps" {
		port = TLSPort
	} else if port == "" {
		port = Port
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	var name *net.DNSError
	var operation *net.OpError
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%w: is the camera on, and the address right?", capture.ErrTimeout)
	case errors.As(err, &name):
		return nil, fmt.Errorf("%w: %s", capture.ErrDNS, name.Name)
	case errors.As(err, &operation) && errors.Is(err, syscall.ECONNREFUSED):
		return nil, fmt.Errorf("%w: %w: is the camera on, and the port right?", capture.ErrRefused, operation.Err)
	case errors.As(err, &operation):
		return nil, fmt.Errorf("%w: %w: is the camera on, and the port right?", capture.ErrUnreachable, operation.Err)
	default:
		return nil, fmt.Errorf("%w: %w", capture.ErrUnreachable, err)
	}
	if u.Scheme == "rtsps" {
		secured := tls.Client(conn, &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12})
		if err := secured.HandshakeContext(ctx); err != nil {
			_ = conn.Close()
			return nil, fmt.Errorf("%w: %w", capture.ErrTLS, err)
		}
		conn = secured
	}
	bare := *u
	bare.User = nil
	return &connection{conn: conn, text: textproto.NewReader(bufio.NewReader(conn)), url: bare.String()}, nil
}

// describe sends one DESCRIBE and gives the answer's status and header.
func (c *connection) describe(authorization string) (int, textproto.MIMEHeader, error) {
	c.seq++
	request := fmt.Sprintf("DESCRIBE %s RTSP/1.0\r\nCSeq: %d\r\nAccept: application/sdp\r\n", c.url, c.seq)
	if authorization != "" {
		request += "Authorization: " + authorization + "\r\n"
	}
	if _, err := io.WriteString(c.conn, request+"\r\n"); err != nil {
		return 0, nil, fmt.Errorf("%w when it was asked", capture.ErrEnded)
	}
	line, err := c.text.ReadLine()
	if err != nil {
		return 0, nil, fmt.Errorf("%w without an answer", capture.ErrEnded)
	}
	fields := strings.Fields(line)
	if len(fields) < 2 || !strings.HasPrefix(fields[0], "RTSP/") {
		return 0, nil, fmt.Errorf("%w: it does not speak RTSP (%.20q)", capture.ErrProtocol, line)
	}
	status, err := strconv.Atoi(fields[1])
	if err != nil {
		return 0, nil, fmt.Errorf("%w: it does not speak RTSP (%.20q)", capture.ErrProtocol, line)
	}
	header, err := c.text.ReadMIMEHeader()
	if err != nil {
		return 0, nil, fmt.Errorf("%w within its answer", capture.ErrEnded)
	}
	return status, header, nil
}

// authorization answers the camera's challenge, by Digest where it may.
func (c *connection) authorization(header textproto.MIMEHeader, u *url.URL) string {
	password, _ := u.User.Password()
	if challenge, err := digestauth.Find(http.Header(header)); err == nil {
		credentials, err := digestauth.Respond(challenge, digest.Options{Method: "DESCRIBE", URI: c.url, Username: u.User.Username(), Password: password, Count: 1})
		if err == nil {
			c.algorithm = challenge.Algorithm
			return credentials.String()
		}
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(u.User.Username()+":"+password))
}

// maxDescription bounds the session description that is read.
const maxDescription = 64 << 10

var encodings = regexp.MustCompile(`(?m)^a=rtpmap:\d+ ([A-Za-z0-9.-]+)/`)

// codecs names what the session description offers.
func (c *connection) codecs(header textproto.MIMEHeader) string {
	n, _ := strconv.Atoi(header.Get("Content-Length"))
	body := make([]byte, min(max(n, 0), maxDescription))
	if _, err := io.ReadFull(c.text.R, body); err != nil {
		return "no description"
	}
	var names []string
	for _, match := range encodings.FindAllSubmatch(body, -1) {
		names = append(names, string(match[1]))
	}
	if len(names) == 0 {
		return "no stream"
	}
	return strings.Join(names, ", ")
}
