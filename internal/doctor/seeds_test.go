package doctor

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aead.dev/minisign"
	"github.com/nats-io/nats.go/jetstream"

	"pristine/internal/dirlock"
	"pristine/internal/need"
)

// fault is one that is seeded into a healthy station, and the codes that it must
// have: no other warning and no other error.
type fault struct {
	seed func(s *seeded)
	want string
}

func seeds() map[string]fault {
	all := map[string]fault{}
	for _, some := range []map[string]fault{configSeeds(), cameraSeeds(), modelSeeds(), gpuSeeds(), hubSeeds(), diskSeeds(), machineSeeds(), agentSeeds()} {
		for name, f := range some {
			all[name] = f
		}
	}
	return all
}

func (s *seeded) chmod(file string, mode os.FileMode) {
	if err := os.Chmod(file, mode); err != nil {
		s.t.Fatal(err)
	}
}

// listen listens on a port of this machine until the test ends.
func (s *seeded) listen() string {
	s.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}

// certificate writes a certificate and its key.
func (s *seeded) certificate(from, to time.Time) {
	s.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "box"}, NotBefore: from, NotAfter: to}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		s.t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		s.t.Fatal(err)
	}
	s.file("cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	s.file("key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
	s.set("http", "{listen: '127.0.0.1:0', cert_file: cert.pem, key_file: key.pem}")
}

func configSeeds() map[string]fault {
	const day = 24 * time.Hour
	return map[string]fault{
		"an unknown key":        {func(s *seeded) { s.set("sight", "1") }, "config_invalid"},
		"no configuration file": {func(s *seeded) { s.write(); s.options.Config += ".gone" }, "config_invalid"},
		"an empty file":         {func(s *seeded) { s.file("edge.yaml", "") }, "config_empty set_shadow disk_bounds? port_taken?"},
		"a missing secret": {func(s *seeded) {
			s.camera, s.options.Camera = "source: rtsp://127.0.0.1:1/x\n    prompts: set.yaml\n    user_file: gone\n    password_file: gone\n", nil
		}, "secret_missing"},
		"an empty secret":  {func(s *seeded) { s.hub(hubGood); s.file("password", "") }, "secret_empty hub_credentials"},
		"a secret for all": {func(s *seeded) { s.hub(hubGood); s.chmod(filepath.Join(s.dir, "password"), 0o644) }, "secret_readable"},
		"users for all":    {func(s *seeded) { s.chmod(s.file("events/users.json", "[]"), 0o644) }, "secret_readable"},
		"no CA": {func(s *seeded) {
			s.hub(hubGood)
			s.file("ca.pem", "no")
			s.parts["events"] = strings.Replace(s.parts["events"], "hub: {", "hub: {ca_file: ca.pem, ", 1)
		}, "hub_certificate hub_other"},
		"the page's certificate":  {func(s *seeded) { s.set("http", "{listen: '127.0.0.1:0', cert_file: gone.pem, key_file: gone.pem}") }, "page_certificate"},
		"an expired certificate":  {func(s *seeded) { s.certificate(time.Now().Add(-9*day), time.Now().Add(-day)) }, "certificate_expired"},
		"an early certificate":    {func(s *seeded) { s.certificate(time.Now().Add(day), time.Now().Add(99*day)) }, "certificate_expired"},
		"an ending certificate":   {func(s *seeded) { s.certificate(time.Now().Add(-day), time.Now().Add(9*day)) }, "certificate_expiring"},
		"a page without users":    {func(s *seeded) { s.set("http", "{listen: '0.0.0.0:0'}") }, "users_missing"},
		"credentials of no hub":   {func(s *seeded) { s.more("events", "hub: {user_file: user, password_file: user}"); s.file("user", "x") }, "hub_url_missing"},
		"a folder that is a file": {func(s *seeded) { s.file("f", ""); s.parts["model"] = "{cache_dir: f}" }, "folder_is_file"},
		"one port for two": {func(s *seeded) {
			s.set("http", "{listen: '127.0.0.1:39999'}")
			s.set("modbus", "{listen: '127.0.0.1:39999'}")
		}, "port_shared"},
		"a foreign address": {func(s *seeded) {
			s.set("http", "{listen: '192.0.2.1:80'}")
			s.file("events/users.json", `[{"name": "a", "role": "admin"}]`)
		}, "port_unusable"},
		"a port that is taken": {func(s *seeded) {
			s.real("proc/net", fmt.Sprintf("proc/%d", os.Getpid()))
			s.set("modbus", "{listen: '"+s.listen()+"'}")
		}, "port_taken"},
		"a port that is taken by what cannot be seen": {func(s *seeded) { s.set("http", "{listen: '"+s.listen()+"'}") }, "port_taken"},
	}
}

func cameraSeeds() map[string]fault {
	source := func(source string, more ...string) func(*seeded) {
		return func(s *seeded) {
			s.camera = "source: \"" + source + "\"\n    prompts: set.yaml\n    open_timeout: 2s\n    read_timeout: 2s\n" + strings.Join(more, "")
		}
	}
	only := func(seed func(*seeded)) func(*seeded) { // what the file says, without opening the camera
		return func(s *seeded) { seed(s); s.options.Camera = nil }
	}
	return map[string]fault{
		"a camera that is off": {source("rtsp://127.0.0.1:1/x"), "camera_unreachable"},
		"a camera that is none": {func(s *seeded) {
			c := httptest.NewServer(http.NotFoundHandler())
			s.t.Cleanup(c.Close)
			source(c.URL + "/shot.png")(s)
		}, "camera_unreachable"},
		"a password in a source": {only(source("rtsp://u:hunter2@127.0.0.1:1/x")), "camera_password"},
		"no scheme":              {only(source("192.168.0.12:554/stream1")), "camera_scheme_missing"},
		"no video":               {only(source("night.mp4")), "camera_file_missing"},
		"no device":              {only(source("v4l2:///dev/video99")), "camera_unplugged"},
		"no watched folder":      {only(source("watch://arrivals")), "watch_folder_missing"},
		"a watched file":         {func(s *seeded) { s.file("f", ""); only(source("watch://f"))(s) }, "watch_folder_is_file"},
		"a folder of two cameras": {func(s *seeded) {
			s.file("arrivals/.keep", "")
			only(source("watch://arrivals", "  - name: other\n    source: watch://arrivals\n    prompts: set.yaml\n    watch: {then: delete}\n"))(s)
		}, "watch_folder_shared"},
		"a region beside regions": {only(source("testline://", "    region: [0, 0, 0.5, 0.5]\n    regions: [{name: rim, region: [0.5, 0, 0.5, 1]}]\n")), "region_unused"},
		"nothing to trigger":      {only(source("testline://", "    policy: trigger\n")), "trigger_missing"},
		"only NATS to trigger": {func(s *seeded) {
			only(source("testline://", "    policy: trigger\n"))(s)
			s.parts["events"] = strings.Replace(s.parts["events"], "listen: ''", "listen: '127.0.0.1:0'", 1)
		}, "trigger_nats_only"},
		"no GPIO":       {only(source("testline://", "    policy: trigger\n    trigger: {gpio: {chip: /dev/gpiochip99, trigger: 1}}\n")), "gpio_missing"},
		"no empty belt": {only(source("testline://", "    track: {axis: x, empty: gone.png}\n")), "empty_belt_missing"},
		"parts that are not learned": {func(s *seeded) {
			data, err := os.ReadFile("models/pocket/golden/picture-0.png")
			if err != nil {
				s.t.Fatal(err)
			}
			s.file("good/1.png", string(data))
			only(source("testline://", "    references: good\n    learn_parts: 3\n"))(s)
		}, "learn_parts_unused"},
	}
}

func modelSeeds() map[string]fault {
	set := func(edit func(text string) string) func(*seeded) {
		return func(s *seeded) {
			data, err := os.ReadFile(filepath.Join(s.dir, "set.yaml"))
			if err != nil {
				s.t.Fatal(err)
			}
			s.file("set.yaml", edit(string(data)))
		}
	}
	bundle := func(file, text string) func(*seeded) { // a copy of the built-in one
		return func(s *seeded) {
			if err := os.CopyFS(filepath.Join(s.dir, "bundle"), os.DirFS("models/pocket")); err != nil {
				s.t.Fatal(err)
			}
			s.chmod(filepath.Join(s.dir, "bundle", file), 0o600)
			s.file("bundle/"+file, text)
			s.more("model", "bundle: bundle")
		}
	}
	return map[string]fault{
		"a damaged file of the bundle":   {bundle("tokenizer.json", "{}"), "bundle_damaged"},
		"a manifest that is none":        {bundle("bundle.yaml", "name: x\n"), "bundle_unusable"},
		"no bundle":                      {func(s *seeded) { s.more("model", "bundle: gone") }, "bundle_unusable"},
		"a set that was never validated": {set(func(t string) string { return strings.Replace(t, "arm: true\n", "", 1) }), "set_shadow"},
		"a set that is not armed":        {set(func(t string) string { return strings.Replace(t, "arm: true", "arm: false", 1) }), "set_shadow"},
		"a prompt with a negation":       {set(func(t string) string { return strings.Replace(t, "dented {}", "{} without a hole", 1) }), "set_lint"},
		"a set with a mistake":           {set(func(string) string { return "name: x\ndefects: {}\n" }), "set_invalid"},
		"no set":                         {func(s *seeded) { s.camera = "source: testline://\n    prompts: gone.yaml\n" }, "set_missing"},
		"sets with other tiles": {func(s *seeded) {
			set(func(t string) string { s.file("other.yaml", t+"tiles: 2\n"); return t })(s)
			s.camera += "    shadow_prompts: other.yaml\n"
		}, "sets_differ"},
		"a reference that is no picture": {func(s *seeded) { s.file("good/1.png", "no picture"); s.camera += "    references: good\n" }, "set_unusable"},
		"a key that is none":             {func(s *seeded) { s.set("security", "{trusted_keys: [plant.pub]}") }, "signature_refused trusted_key_unusable"},
		"a set that nobody signed": {func(s *seeded) {
			public, _, err := minisign.GenerateKey(rand.Reader)
			if err != nil {
				s.t.Fatal(err)
			}
			s.set("security", "{trusted_keys: ["+public.String()+"], require_signed: [sets]}")
		}, "signature_refused"},
		"no references": {func(s *seeded) { s.camera += "    references: gone\n" }, "references_missing"},
	}
}

func gpuSeeds() map[string]fault {
	const version = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 01:44:30 UTC 2024\n"
	cuda := func(s *seeded, libraries ...string) {
		s.machine("proc/driver/nvidia/version", version)
		for _, l := range libraries {
			s.machine("usr/lib/x86_64-linux-gnu/"+l, "")
		}
	}
	return map[string]fault{
		"no GPU":             {func(s *seeded) { s.more("model", "providers: [cuda]") }, "gpu_missing"},
		"a driver of before": {func(s *seeded) { s.more("model", "providers: [cuda]"); cuda(s, "libcuda.so.535.183.01") }, "gpu_driver_mismatch"},
		"no cuDNN": {func(s *seeded) {
			s.more("model", "providers: [cuda, cpu]")
			cuda(s, "libcuda.so.550.54.14", "libcudart.so.12.4.127", "libcublas.so.12.4.5.8")
		}, "gpu_libraries"},
		"no TensorRT": {func(s *seeded) {
			s.more("model", "providers: [tensorrt]")
			cuda(s, "libcudart.so.12.4.127", "libcublas.so.12.4.5.8", "libcudnn.so.9.1.0")
		}, "gpu_libraries"},
		"a runtime without CUDA": {func(s *seeded) {
			s.more("model", "providers: [cuda]")
			cuda(s, "libcudart.so.12.4.127", "libcublas.so.12.4.5.8", "libcudnn.so.9.1.0")
		}, "provider_unusable"},
	}
}

func hubSeeds() map[string]fault {
	hub := func(h hubSettings) func(*seeded) { return func(s *seeded) { s.hub(h) } }
	url := func(u string) func(*seeded) {
		return func(s *seeded) { s.more("events", "hub: {url: '"+u+"'}") }
	}
	ahead := func(d time.Duration) func(*seeded) {
		return func(s *seeded) { s.hub(hubGood); s.options.Now = func() time.Time { return time.Now().Add(d) } }
	}
	return map[string]fault{
		"a hub that is off":       {url("nats://127.0.0.1:1"), "hub_refused"},
		"a hub without a name":    {url("nats://hub.invalid:4222"), "hub_dns"},
		"a password that differs": {func(s *seeded) { s.hub(hubGood); s.file("password", "other") }, "hub_auth"},
		"a hub without TLS": {func(s *seeded) {
			s.hub(hubGood)
			s.parts["events"] = strings.Replace(s.parts["events"], "nats://", "tls://", 1)
		}, "hub_tls"},
		"publishing denied":     {hub(hubSettings{permissions: strings.Replace(granted, `"qc.plant.line-1.station-1.*", `, "", 1)}), "hub_permission"},
		"answers denied":        {hub(hubSettings{permissions: strings.Replace(granted, `"_INBOX.plant.line-1.station-1.>", `, "", 1)}), "hub_permission"},
		"requests denied":       {hub(hubSettings{permissions: strings.Replace(granted, `, "qc.svc.plant.line-1.station-1.*"`, "", 1)}), "hub_permission"},
		"no JetStream":          {hub(hubSettings{permissions: granted, noJetStream: true}), "hub_no_jetstream"},
		"no stream":             {hub(hubSettings{permissions: granted, change: func(all []jetstream.StreamConfig) []jetstream.StreamConfig { return all[1:] }}), "hub_stream_missing"},
		"other subjects":        {hub(stream(func(c *jetstream.StreamConfig) { c.Subjects = []string{"qc.elsewhere.>"} })), "hub_stream_subjects"},
		"no acknowledgments":    {hub(stream(func(c *jetstream.StreamConfig) { c.NoAck = true })), "hub_stream_no_ack"},
		"a stream that forgets": {hub(stream(func(c *jetstream.StreamConfig) { c.MaxAge = time.Minute })), "hub_retention"},
		"a mirror": {hub(hubSettings{permissions: granted, change: func(all []jetstream.StreamConfig) []jetstream.StreamConfig {
			all[0].Subjects, all[0].Mirror = nil, &jetstream.StreamSource{Name: "ORIGIN"}
			return append([]jetstream.StreamConfig{{Name: "ORIGIN", Subjects: []string{"o"}}}, all...)
		}}), "hub_stream_mirror"},
		"a sealed stream": {hub(hubSettings{permissions: granted, after: func(js jetstream.JetStream) error {
			s, err := js.Stream(context.Background(), "QC")
			if err != nil {
				return err
			}
			c := s.CachedInfo().Config
			c.Sealed = true
			_, err = js.UpdateStream(context.Background(), c)
			return err
		}}), "hub_stream_sealed"},
		"a full stream": {hub(hubSettings{permissions: granted, change: func(all []jetstream.StreamConfig) []jetstream.StreamConfig {
			all[0].Discard, all[0].MaxMsgs = jetstream.DiscardNew, 1
			return all
		}, after: func(js jetstream.JetStream) error {
			_, err := js.Publish(context.Background(), "qc.a.b.c.state", nil)
			return err
		}}), "hub_stream_full"},
		"no pictures":          {hub(hubSettings{permissions: strings.Replace(granted, `, "$O.qc-evidence.>"`, "", 1)}), "hub_pictures"},
		"a clock 10 s ahead":   {ahead(10 * time.Second), "clock_offset"},
		"a clock 10 min ahead": {ahead(10 * time.Minute), "clock_wrong"},
		"a clock of the past":  {ahead(-365 * 24 * time.Hour), "clock_past clock_wrong"},
		"no NTP":               {func(s *seeded) { s.options.Synchronised = func() (bool, error) { return false, nil } }, "clock_unsynchronised"},
	}
}

func diskSeeds() map[string]fault {
	return map[string]fault{
		"a full disk":            {func(s *seeded) { s.options.Reserve = 1 << 60 }, "disk_full"},
		"bounds beyond the disk": {func(s *seeded) { s.parts["history"] = "{max_bytes: 1152921504606846976}" }, "disk_bounds"},
		"a slow disk":            {func(s *seeded) { s.options.SlowSync = time.Nanosecond }, "disk_slow"},
		"files of another user":  {func(s *seeded) { s.file("events/old", ""); s.options.UID = os.Geteuid() + 4711 }, "files_of_other_user"},
	}
}

func machineSeeds() map[string]fault {
	machine := func(pairs ...string) func(*seeded) {
		return func(s *seeded) {
			for i := 0; i < len(pairs); i += 2 {
				s.machine(pairs[i], pairs[i+1])
			}
		}
	}
	const cpu, zone = "sys/devices/system/cpu/cpu0/", "sys/class/thermal/thermal_zone0/"
	return map[string]fault{
		"little memory":             {machine("proc/meminfo", "MemAvailable: 200000 kB\n"), "memory_low"},
		"a limit of memory":         {machine("sys/fs/cgroup/system.slice/edge.service/memory.max", "268435456\n"), "cgroup_memory"},
		"a limit above":             {machine("sys/fs/cgroup/system.slice/memory.max", "268435456\n"), "cgroup_memory"},
		"half a CPU":                {machine("sys/fs/cgroup/system.slice/edge.service/cpu.max", "50000 100000\n"), "cgroup_cpu"},
		"few open files":            {machine("proc/self/limits", "Max open files            256                 1024                files     \n"), "open_files"},
		"powersave":                 {machine(cpu+"cpufreq/scaling_driver", "acpi-cpufreq\n"), "cpu_powersave"},
		"a preference for power":    {machine(cpu+"cpufreq/energy_performance_preference", "power\n"), "cpu_powersave"},
		"a capped frequency":        {machine(cpu+"cpufreq/scaling_max_freq", "1200000\n"), "cpu_capped"},
		"throttled before":          {machine(cpu+"thermal_throttle/core_throttle_count", "17\n"), "cpu_throttled"},
		"throttled now":             {machine("sys/class/thermal/cooling_device1/type", "cpufreq-cpu0\n", "sys/class/thermal/cooling_device1/cur_state", "2\n"), "cooling_active"},
		"want of power":             {machine("sys/class/hwmon/hwmon1/oc3_event_cnt", "4\n"), "over_current"},
		"heat":                      {machine(zone+"temp", "91000\n"), "temperature_high"},
		"near the end":              {machine(zone+"temp", "101000\n", zone+"trip_point_0_type", "passive\n", zone+"trip_point_0_temp", "90000\n", zone+"trip_point_1_type", "critical\n", zone+"trip_point_1_temp", "104000\n"), "temperature_critical"},
		"a Jetson that saves power": {machine("var/lib/nvpmodel/status", "pmode:0002\n"), "jetson_power_mode"},
	}
}

// agentSeeds have a running agent: this process holds the lock of events.dir.
func agentSeeds() map[string]fault {
	runs := func(s *seeded) {
		s.t.Helper()
		lock, err := dirlock.Acquire(filepath.Join(s.dir, "events"))
		if err != nil {
			s.t.Fatal(err)
		}
		s.t.Cleanup(func() { _ = lock.Release() })
		s.real("proc/locks")
		s.command(os.Getpid(), s.options.Config)
	}
	answer := func(s *seeded, code int, text string) {
		c := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, text, code) }))
		s.t.Cleanup(c.Close)
		s.set("http", "{listen: '"+strings.TrimPrefix(c.URL, "http://")+"'}")
	}
	return map[string]fault{
		"a running agent":               {runs, ""},
		"a running agent with its port": {func(s *seeded) { runs(s); answer(s, http.StatusOK, "") }, ""},
		"a running agent's problem": {func(s *seeded) {
			runs(s)
			answer(s, http.StatusServiceUnavailable, "camera_waiting: camera cam gives no frames")
		}, "agent_problem"},
		"an agent that hangs": {func(s *seeded) { runs(s); s.set("http", "{listen: '"+s.listen()+"'}") }, "agent_silent"},
		"an agent of another configuration": {func(s *seeded) {
			runs(s)
			s.command(os.Getpid(), s.file("other.yaml", ""))
		}, "agent_other_config"},
		"two agents": {func(s *seeded) {
			runs(s)
			s.command(os.Getpid()+1, s.options.Config)
			s.command(os.Getpid()+2, s.options.Config)
		}, "agent_twice"},
		"a stale lock": {func(s *seeded) { s.file("events/"+dirlock.File, "1\n"); s.real("proc/locks") }, ""},
	}
}

// command lets a process be an agent.
func (s *seeded) command(pid int, config string) {
	s.machine(fmt.Sprintf("proc/%d/cmdline", pid), strings.Join([]string{"edge", "run", "--config", config, ""}, "\x00"))
	for name, text := range map[string]string{"cgroup": "0::/system.slice/edge.service\n", "limits": "Max open files            1024                 65536                files     \n"} {
		file := filepath.Join(s.options.Root, fmt.Sprintf("proc/%d", pid), name)
		if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
			s.machine(fmt.Sprintf("proc/%d/%s", pid, name), text)
		}
	}
}

// A history on a disk of its own is compared with that disk, and events with theirs.
func TestExamine_HistoryOnAnotherDisk(t *testing.T) {
	dir, err := os.MkdirTemp("/dev/shm", "doctor")
	if err != nil {
		need.Missing(t, "/dev/shm: %v", err)
	}
	defer os.RemoveAll(dir)
	s := healthy(t)
	s.options.Judge = nil
	s.set("history", "{dir: "+dir+", max_bytes: 1152921504606846976}")
	_, r := s.examine()
	var texts []string
	for _, f := range r.Findings {
		if f.Code == "disk_bounds" {
			texts = append(texts, f.Text)
		}
	}
	if len(texts) != 1 || !strings.Contains(texts[0], dir) || strings.Contains(texts[0], s.dir) {
		t.Errorf("got %q, want one finding, of the disk of %s", texts, dir)
	}
}
