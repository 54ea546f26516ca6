package outbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"pristine/events"
	"pristine/events/natsserver"
	"pristine/events/presence"
)

// broker is the embedded server with a connection to it. A write error stays
// in a JetStream store until its server is started again, so a Store may have
// several brokers in its life, one after another.
type broker struct {
	password string // of the agent itself, made up for each start
	server   *server.Server
	conn     *nats.Conn
	js       jetstream.JetStream
	stream   jetstream.Stream
	pictures bucket
	notes    jetstream.KeyValue
}

// notesBucket holds what the agent itself remembers.
const notesBucket = "qc-agent"

// overhead is the room on the disk beside events and evidence.
const overhead = 64 << 20

func startBroker(ctx context.Context, o *Options) (*broker, error) {
	if err := os.MkdirAll(o.Dir, 0o750); err != nil {
		return nil, err
	}
	if err := seal(o.Dir); err != nil {
		return nil, err
	}
	settings := &server.Options{
		ServerName: "edge-" + o.Station.Name, StoreDir: o.Dir, JetStream: true, SyncAlways: true,
		NoLog: true, NoSigs: true, DontListen: true, MaxPayload: 8<<20 + 4096,
		JetStreamMaxStore: o.MaxBytes + o.EvidenceBytes + overhead, JetStreamMaxMemory: overhead,
	}
	b := &broker{password: nuid.Next()}
	settings.Users = []*server.User{{Username: "agent", Password: b.password}}
	if o.Listen != "" {
		if err := listen(settings, o.Listen); err != nil {
			return nil, err
		}
	}
	var err error
	if b.server, err = server.NewServer(settings); err != nil {
		return nil, fmt.Errorf("make the embedded NATS server: %w", err)
	}
	started := make(chan struct{})
	go func() { defer close(started); b.server.Start() }()
	select {
	case <-started: // it returns too when it gives up, and then is never ready
	case <-time.After(startLimit):
	}
	if !b.server.ReadyForConnections(time.Second) || !b.server.JetStreamEnabled() {
		b.stop()
		return nil, fmt.Errorf("the embedded NATS server does not start on %s: check that the folder is writable, not full, and used by no other agent", o.Dir)
	}
	b.conn, err = b.connect()
	if err == nil {
		b.js, err = jetstream.New(b.conn, jetstream.WithDefaultTimeout(appendLimit))
	}
	if err == nil {
		err = b.prepare(ctx, o)
	}
	if err != nil {
		b.stop()
		return nil, err
	}
	return b, nil
}

func (b *broker) connect() (*nats.Conn, error) {
	conn, err := nats.Connect("", nats.InProcessServer(b.server), nats.UserInfo("agent", b.password), nats.CustomInboxPrefix("_AGENT"), nats.MaxReconnects(-1))
	if err != nil {
		return nil, fmt.Errorf("connect to the embedded NATS server: %w", err)
	}
	return conn, nil
}

// startLimit is how long the server may take to recover its files.
const startLimit = 60 * time.Second

// listen lets others read on the network, and no more: what they could write
// would stand among the station's events.
func listen(settings *server.Options, address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("listen on %q: %w", address, err)
	}
	if settings.Port, err = strconv.Atoi(port); err != nil {
		return fmt.Errorf("listen on %q: %w", address, err)
	}
	if settings.Port == 0 {
		settings.Port = server.RANDOM_PORT
	} else if l, err := net.Listen("tcp", address); err != nil {
		return fmt.Errorf("listen on %s: %w: another program uses it; set events.listen to another port", address, err)
	} else if err := l.Close(); err != nil {
		return err
	}
	settings.Host, settings.DontListen = host, false
	ip := net.ParseIP(host)
	settings.Users = append(settings.Users, &server.User{Username: "guest", Permissions: guest(host == "localhost" || ip != nil && ip.IsLoopback())})
	settings.NoAuthUser = "guest"
	return nil
}

// guest is what a client without a name may do: read events, evidence and
// presence, and ask the agent. On the machine itself it may push prompt sets too.
func guest(local bool) *server.Permissions {
	read := []string{"qc.svc.>", "$SRV.>", "$JS.API.INFO", "$JS.API.STREAM.NAMES", "$JS.API.STREAM.LIST", "$JS.API.STREAM.INFO.>", "$JS.FC.>"}
	for _, stream := range []string{events.StreamName, events.EvidenceStream, "KV_" + events.PromptsBucket, "KV_" + presence.Bucket} {
		for _, request := range []string{"STREAM.MSG.GET.%s", "DIRECT.GET.%s", "DIRECT.GET.%s.>", "CONSUMER.CREATE.%s", "CONSUMER.CREATE.%s.>", "CONSUMER.INFO.%s.>", "CONSUMER.MSG.NEXT.%s.>", "CONSUMER.DELETE.%s.>", "CONSUMER.NAMES.%s", "CONSUMER.LIST.%s"} {
			read = append(read, "$JS.API."+fmt.Sprintf(request, stream))
		}
		read = append(read, "$JS.ACK."+stream+".>")
	}
	if local {
		read = append(read, "$KV."+events.PromptsBucket+".>")
	}
	return &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: read},
		Subscribe: &server.SubjectPermission{Allow: []string{"qc.>", "_INBOX.>", "$KV." + events.PromptsBucket + ".>"}, Deny: []string{"qc.svc.>"}},
	}
}

// duplicateWindow of the embedded server: an expected sequence holds what is
// older, so the window need not be long.
const duplicateWindow = 2 * time.Minute

// prepare opens or makes the stream and the buckets.
func (b *broker) prepare(ctx context.Context, o *Options) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if err := b.removeOldHistory(ctx); err != nil {
		return err
	}
	config := jetstream.StreamConfig{
		Name: events.StreamName, Subjects: events.Subjects(), Storage: jetstream.FileStorage, Duplicates: duplicateWindow,
		MaxBytes: o.MaxBytes, Discard: jetstream.DiscardNew, AllowDirect: true, Metadata: map[string]string{"incarnation": nuid.Next()},
	}
	stream, err := b.js.Stream(ctx, events.StreamName)
	if err == nil {
		had := stream.CachedInfo().Config.Metadata["incarnation"]
		if had == "" {
			return errors.New("open the event stream: it was made by another program; choose another events.dir")
		}
		config.Metadata["incarnation"] = had
	} else if !errors.Is(err, jetstream.ErrStreamNotFound) {
		return fmt.Errorf("open the event stream: %w", err)
	}
	if b.stream, err = b.js.CreateOrUpdateStream(ctx, config); err != nil {
		return fmt.Errorf("open the event stream: %w", err)
	}
	if _, err = b.js.CreateOrUpdateObjectStore(ctx, evidenceBucket(o.EvidenceBytes)); err != nil {
		return fmt.Errorf("open the evidence bucket: %w", err)
	}
	b.pictures.js = b.js
	if b.pictures.stream, err = b.js.Stream(ctx, events.EvidenceStream); err != nil {
		return fmt.Errorf("open the evidence bucket: %w", err)
	}
	if b.notes, err = b.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: notesBucket, MaxBytes: 16 << 20}); err != nil {
		return fmt.Errorf("open the agent's notes: %w", err)
	}
	if _, err = b.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: events.PromptsBucket, History: events.SetHistory, MaxValueSize: events.MaxSetBytes, MaxBytes: 32 << 20,
	}); err != nil {
		return fmt.Errorf("open the bucket for prompt sets: %w", err)
	}
	if _, err = b.js.CreateOrUpdateKeyValue(ctx, presence.Config()); err != nil {
		return fmt.Errorf("open the bucket for presence: %w", err)
	}
	return nil
}

func evidenceBucket(maxBytes int64) jetstream.ObjectStoreConfig {
	return jetstream.ObjectStoreConfig{Bucket: events.EvidenceBucket, MaxBytes: maxBytes, Description: "pictures of flagged parts"}
}

func (b *broker) stop() {
	if b.conn != nil {
		_ = b.conn.FlushTimeout(appendLimit) // the server has read what was given up, too
		b.conn.Close()
	}
	natsserver.Stop(b.server)
}
