package agent

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/simonvetter/modbus"

	"pristine/events"
	"pristine/plc"
)

// A set that was never validated is in shadow on every output: an HTTP answer, a
// NATS answer, Modbus, events, the page's status and the metrics. GPIO has its
// own test beside its lines.
func TestOutputs_ShadowEverywhere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	controller := l.Addr().String()
	l.Close()
	a := start(t, settings(t, t.TempDir(), "modbus: {listen: '"+controller+"'}\ncameras:\n"+
		"  - {name: belt, source: 'testline://?fps=20&unnamed=1', policy: trigger, trigger: {deadline: 30s}}\n"))

	var answer struct {
		Verdict      string
		Shadow       bool
		ShadowReason string `json:"shadow_reason"`
	}
	body := a.ask(http.MethodPost, "/trigger?camera=belt&part=A-1")
	if err := json.Unmarshal([]byte(body), &answer); err != nil || !answer.Shadow || answer.ShadowReason == "" || answer.Verdict == "" {
		t.Errorf("HTTP answered %s (%v), want a verdict in shadow, and why", body, err)
	}

	conn, err := nats.Connect(a.store.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	request := nats.NewMsg("qc.svc.plant.line-1.test.inspect")
	request.Data = []byte("now")
	request.Header.Set("Qc-Part", "A-2")
	reply, err := conn.RequestMsg(request, 30*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	var result events.Result
	if err := json.Unmarshal(reply.Data, &result); err != nil || !result.Shadow || result.ShadowReason == "" || result.Verdict == "" {
		t.Errorf("NATS answered %s %v (%v), want a verdict in shadow, and why", reply.Data, reply.Header, err)
	}

	client, err := modbus.NewClient(&modbus.ClientConfiguration{URL: "tcp://" + controller, Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Open(); err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.WriteUint32(0, 3); err != nil {
		t.Fatal(err)
	}
	if err := client.WriteCoil(0, true); err != nil {
		t.Fatal(err)
	}
	a.until("a result over Modbus", func() bool {
		valid, err := client.ReadDiscreteInput(plc.ResultValid)
		return err == nil && valid
	})
	inputs, err := client.ReadDiscreteInputs(0, plc.Shadow+1)
	if err != nil || inputs[plc.ResultOK] || !inputs[plc.Shadow] {
		t.Errorf("Modbus inputs are %v (%v), want Shadow and not ResultOK", inputs, err)
	}

	results := map[string]bool{}
	a.read(func(e events.Received) bool {
		if r, err := e.Result(); err == nil {
			results[r.Part] = r.Shadow && r.ShadowReason != ""
		}
		return len(results) == 3
	})
	for _, part := range []string{"A-1", "A-2", "3"} {
		if !results[part] {
			t.Errorf("the event of part %s is not in shadow: %v", part, results)
		}
	}
	for i, r := range a.out.shownResults() {
		if !r.Shadow {
			t.Errorf("the terminal is shown result %d without shadow: %+v", i, r.Standing)
		}
	}
	if k := a.page().Cameras[0]; !k.Shadow || k.ShadowReason == "" || k.Last == nil || !k.Last.Shadow {
		t.Errorf("the status is %+v, want shadow, why, and a last result in shadow", k)
	}
	if metrics, want := a.get("/metrics"), fmt.Sprintf(`prompts_shadow{camera=%q,prompt_set="part"} 1`, "belt"); !strings.Contains(metrics, want) {
		t.Errorf("the metrics lack %s", want)
	}
}
