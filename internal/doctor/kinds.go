package doctor

import (
	"pristine/events"
	"pristine/internal/check"
)

// Severity says how much a finding matters.
type Severity string

// The severities.
const (
	OK      Severity = "ok"
	Info    Severity = "info"    // good to know
	Warning Severity = "warning" // works, and may fail later or be worse than it could be
	Error   Severity = "error"   // does not do what the configuration says
)

// Code is the stable name of a kind of finding.
type Code string

// Kind is what all findings of one code have in common.
type Kind struct {
	Code     Code
	Group    string
	Severity Severity
	Meaning  string // a sentence without its full stop
	Remedy   string // what to do where the finding does not say it; "" for ok and info
}

// The groups, in the order of a report.
const (
	groupAgent   = "agent"
	groupConfig  = "configuration"
	groupCameras = "cameras"
	groupModel   = "model"
	groupGPU     = "gpu"
	groupHub     = "hub"
	groupClock   = "clock"
	groupDisk    = "disk"
	groupMachine = "machine"
)

// Groups returns the groups in the order of a report.
func Groups() []string {
	return []string{groupAgent, groupConfig, groupCameras, groupModel, groupGPU, groupHub, groupClock, groupDisk, groupMachine}
}

// Kinds returns every kind of finding, by group.
func Kinds() []Kind {
	var all []Kind
	for _, some := range [][]Kind{agentKinds(), configKinds(), cameraKinds(), modelKinds(), gpuKinds(), hubKinds(), clockKinds(), diskKinds(), machineKinds()} {
		all = append(all, some...)
	}
	return all
}

func agentKinds() []Kind {
	return []Kind{
		{"agent_stopped", groupAgent, Info, "no agent uses events.dir", ""},
		{"agent_running", groupAgent, OK, "an agent runs with this configuration", ""},
		{"agent_problem", groupAgent, Error, "the running agent reports a problem", "see docs/problems.md for its code"},
		{"agent_silent", groupAgent, Error, "the running agent does not answer at http.listen", "restart the agent"},
		{"agent_other_config", groupAgent, Error, "an agent with another configuration uses this events.dir", "stop that agent, or give each agent an events.dir of its own"},
		{"agent_twice", groupAgent, Error, "several processes run with this configuration", "stop all but one of them"},
	}
}

func configKinds() []Kind {
	const paths = "correct the path; it is relative to the configuration's folder"
	return []Kind{
		{"config_good", groupConfig, OK, "the configuration has no mistakes", ""},
		{"config_none", groupConfig, Info, "no configuration is given: the defaults are examined", ""},
		{Code(check.ConfigInvalid), groupConfig, Error, "the configuration has a mistake", "correct the line; edge config explain KEY says what is allowed"},
		{Code(check.ConfigEmpty), groupConfig, Warning, "nothing is written in the configuration", "copy configs/edge.yaml"},
		{Code(check.SecretMissing), groupConfig, Error, "a file with a user, a password or a key cannot be read", paths},
		{Code(check.SecretEmpty), groupConfig, Error, "a file with a user, a password or a key is empty", "write the secret into the file"},
		{Code(check.SecretReadable), groupConfig, Warning, "every user of the machine can read a secret", "chmod o-r FILE"},
		{Code(check.HubCertificate), groupConfig, Error, "a certificate for the hub cannot be used", "correct the file"},
		{"page_certificate", groupConfig, Error, "the certificate of the page cannot be used", "correct http.cert_file and http.key_file"},
		{"certificate_expired", groupConfig, Error, "a certificate is not valid now", "renew it, and check this machine's clock"},
		{"certificate_expiring", groupConfig, Warning, "a certificate ends within 14 days", "renew it"},
		{"users_missing", groupConfig, Warning, "the page asks for a login, and there is no user", "edge user add NAME --role admin --config FILE"},
		{Code(check.HubUnused), groupConfig, Warning, "there are credentials for a hub, and no address", "write events.hub.url"},
		{Code(check.FolderIsFile), groupConfig, Error, "a folder that the agent writes to is a file", "name a folder"},
		{Code(check.FolderUnusable), groupConfig, Error, "a folder that the agent writes to cannot be opened", "correct the path"},
		{Code(check.FolderUnwritable), groupConfig, Error, "a folder cannot be written to", "chmod u+w FOLDER"},
		{Code(check.FolderOfOther), groupConfig, Warning, "a folder does not belong to the user that checks", "check as the user that runs the agent"},
		{Code(check.PortShared), groupConfig, Error, "two keys name the same port", "give each its own"},
		{"port_taken", groupConfig, Error, "another program listens on a port of the agent", "stop that program, or choose another port"},
		{Code(check.PortUnusable), groupConfig, Error, "the agent cannot listen on an address", "name an address of this machine"},
	}
}

func cameraKinds() []Kind {
	return []Kind{
		{"camera_good", groupCameras, OK, "the camera delivers frames", ""},
		{"camera_held", groupCameras, Info, "the camera was not opened, since the running agent has it open", ""},
		{Code(check.CameraUnreachable), groupCameras, Error, "a camera delivers no frame", "try it with edge camera probe"},
		{Code(check.CameraScheme), groupCameras, Error, "an address has no scheme", "write it, such as rtsp://"},
		{Code(check.CameraFileMissing), groupCameras, Error, "a video or a folder of pictures is not there", "correct the path"},
		{Code(check.CameraUnplugged), groupCameras, Warning, "the device of a camera is not there", "edge camera list shows what is plugged in"},
		{Code(check.CameraPassword), groupCameras, Warning, "the address of a camera holds a password", "use user_file and password_file"},
		{Code(check.WatchMissing), groupCameras, Warning, "a watched folder is not there", "mount it; the agent waits"},
		{Code(check.WatchIsFile), groupCameras, Error, "a watched folder is a file", "name the folder into which pictures arrive"},
		{Code(check.WatchUnwritable), groupCameras, Error, "pictures cannot be moved out of a watched folder", "give the agent's user the right to write there, or set watch.then to keep"},
		{Code(check.WatchShared), groupCameras, Error, "two cameras take pictures out of the same watched folder", "give each a folder of its own, or one camera several regions"},
		{Code(check.TriggerMissing), groupCameras, Error, "nothing can trigger a camera with policy trigger", "write http.listen, modbus.listen or trigger.gpio"},
		{Code(check.TriggerNATSOnly), groupCameras, Warning, "only requests over NATS can trigger a camera", "write http.listen, modbus.listen or trigger.gpio"},
		{Code(check.GPIOMissing), groupCameras, Warning, "the GPIO chip of a camera is not there", "ls /dev/gpiochip* shows those of this machine"},
		{Code(check.EmptyBeltMissing), groupCameras, Error, "the picture of the empty belt is not there", "correct the path"},
		{Code(check.LearnUnused), groupCameras, Warning, "learn_parts is not used", "remove learn_parts or references"},
		{Code(check.RegionUnused), groupCameras, Warning, "region is not used", "remove region, or regions"},
	}
}

func modelKinds() []Kind {
	return []Kind{
		{"runtime_good", groupModel, OK, "ONNX Runtime is loaded", ""},
		{"runtime_missing", groupModel, Error, "ONNX Runtime cannot be loaded", "set PRISTINE_ORT_LIB to libonnxruntime.so"},
		{"runtime_version", groupModel, Error, "ONNX Runtime is older than this program asks for", "install ONNX Runtime 1.24 or newer"},
		{"bundle_good", groupModel, OK, "the files of the model bundle are those of its manifest", ""},
		{"bundle_damaged", groupModel, Error, "a file of the model bundle is not the one of its manifest", "copy the bundle again"},
		{Code(check.BundleUnusable), groupModel, Error, "the model bundle cannot be opened", "correct model.bundle; edge model list shows what there is"},
		{"set_good", groupModel, OK, "a prompt set is armed", ""},
		{"set_shadow", groupModel, Warning, "a prompt set is in shadow: its FAIL is not published as real", "edge calibrate, or arm the set by hand"},
		{"set_lint", groupModel, Warning, "lint warns about a prompt", "edge prompts lint SET says what to write"},
		{"set_unusable", groupModel, Error, "the model cannot use a prompt set", "correct what the finding names"},
		{Code(check.SetMissing), groupModel, Error, "a prompt set is not there", "correct the path"},
		{Code(check.SetInvalid), groupModel, Error, "a prompt set has a mistake", "correct the line"},
		{Code(check.SetsDiffer), groupModel, Error, "prompts and shadow_prompts have different tiles", "give both the same tiles"},
		{Code(check.KeyUnusable), groupModel, Error, "a key of security.trusted_keys cannot be read", "name the public key of minisign, a file or its second line"},
		{Code(check.SignatureRefused), groupModel, Error, "a bundle or a prompt set has no signature of a trusted key", "sign it with minisign, or correct security.trusted_keys"},
		{Code(check.ReferencesMissing), groupModel, Error, "reference pictures are not there", "edge reference add SET DIR"},
	}
}

func gpuKinds() []Kind {
	return []Kind{
		{"gpu_none", groupGPU, Info, "there is no NVIDIA GPU: the CPU is used", ""},
		{"gpu_idle", groupGPU, Info, "there is an NVIDIA GPU, and model.providers does not name it", ""},
		{"gpu_good", groupGPU, OK, "a configured provider starts", ""},
		{"gpu_missing", groupGPU, Error, "model.providers names a GPU, and there is no NVIDIA driver", "install NVIDIA's driver, or remove the provider from model.providers"},
		{"gpu_driver_mismatch", groupGPU, Error, "the NVIDIA driver in the kernel and its libraries have different versions", "restart the machine"},
		{"gpu_libraries", groupGPU, Error, "a library of CUDA or TensorRT is not installed", "install the versions that docs/compatibility.md names"},
		{"provider_unusable", groupGPU, Error, "a configured provider cannot start", "correct what the finding names, or remove the provider from model.providers"},
	}
}

func hubKinds() []Kind {
	all := []Kind{
		{"hub_none", groupHub, Info, "no hub is configured: the agent's own server is the hub", ""},
		{"hub_good", groupHub, OK, "the hub takes this station's events", ""},
		{"hub_pictures", groupHub, Warning, "the hub does not store pictures: events are sent without them", "use deploy/nats/streams.sh and deploy/nats/hub.conf"},
		{"hub_retention", groupHub, Warning, "the hub forgets events within the hour", "raise max_age of stream QC, or set it to 0"},
	}
	for _, k := range []struct {
		code    events.HubCode
		meaning string
	}{
		{events.HubAddress, "the hub's address cannot be read"}, {events.HubCredentials, "the hub's credentials cannot be read"},
		{events.HubDNS, "the hub's name cannot be resolved"}, {events.HubRefused, "nothing listens at the hub's address"},
		{events.HubUnreachable, "there is no route to the hub"}, {events.HubTimeout, "the hub does not answer in time"},
		{events.HubDisconnected, "the connection to the hub was lost"}, {events.HubTLS, "the encrypted connection to the hub failed"},
		{events.HubAuth, "the hub refuses the user"}, {events.HubPermission, "the hub does not permit what the agent does"},
		{events.HubNoJetStream, "JetStream is off at the hub"}, {events.HubStreamMissing, "the hub has no stream, and the agent may not create it"},
		{events.HubStreamSubjects, "the hub's stream does not store this station's subjects"}, {events.HubStreamMirror, "the hub's stream is a mirror"},
		{events.HubStreamSealed, "the hub's stream is sealed"}, {events.HubStreamNoAck, "the hub's stream acknowledges no messages"},
		{events.HubStreamFull, "the hub's stream is nearly full and refuses new events"}, {events.HubMessageSize, "a message is larger than the hub accepts"},
		{events.HubLimits, "the hub's account has reached its limits"}, {events.HubOther, "the hub cannot be used"},
	} {
		all = append(all, Kind{hubCode(k.code), groupHub, Error, k.meaning, "correct what the finding names"})
	}
	return all
}

func hubCode(c events.HubCode) Code { return Code("hub_" + c) }

func clockKinds() []Kind {
	return []Kind{
		{"clock_good", groupClock, OK, "the clock is synchronised, or agrees with the hub's", ""},
		{"clock_unsynchronised", groupClock, Warning, "nothing synchronises the clock", "turn NTP on: timedatectl set-ntp true"},
		{"clock_offset", groupClock, Warning, "the clock differs from the hub's by more than a second", "synchronise both by NTP"},
		{"clock_wrong", groupClock, Error, "the clock differs from the hub's by more than a minute", "synchronise both by NTP"},
		{"clock_past", groupClock, Error, "the clock is before the date of this program: the machine lost its time", "set the clock, turn NTP on, and check the clock's battery"},
	}
}

func diskKinds() []Kind {
	return []Kind{
		{"disk_good", groupDisk, OK, "the disk has room and is fast", ""},
		{"disk_full", groupDisk, Error, "the disk has less than the reserve left", "free space on the disk of events.dir"},
		{"disk_bounds", groupDisk, Warning, "the configured bounds are larger than the disk", "lower events.max_bytes, events.evidence_bytes and history.max_bytes"},
		{"disk_inodes", groupDisk, Warning, "the file system has few inodes left", "remove small files"},
		{"disk_slow", groupDisk, Warning, "synced writes are slow", "use an NVMe drive rather than an SD card"},
		{"disk_unwritable", groupDisk, Error, "a synced write to events.dir failed", "correct what the finding names"},
		{"files_of_other_user", groupDisk, Error, "a file of the agent belongs to another user", "chown -R USER FOLDER"},
	}
}

func machineKinds() []Kind {
	return []Kind{
		{"machine_good", groupMachine, OK, "memory, limits, power and temperature are fine", ""},
		{"memory_low", groupMachine, Warning, "little memory is left", "stop other programs, or add memory"},
		{"cgroup_memory", groupMachine, Warning, "a limit of the cgroup leaves little memory", "raise MemoryMax= of the unit, or the container's limit"},
		{"cgroup_cpu", groupMachine, Warning, "a limit of the cgroup leaves less than one CPU", "raise CPUQuota= of the unit, or the container's limit"},
		{"open_files", groupMachine, Warning, "the limit of open files is low", "raise LimitNOFILE= of the unit, or ulimit -n"},
		{"cpu_powersave", groupMachine, Warning, "a CPU saves power", "set the governor to performance or schedutil"},
		{"cpu_capped", groupMachine, Warning, "a CPU may not run at its full frequency", "raise scaling_max_freq"},
		{"cpu_throttled", groupMachine, Warning, "a CPU was throttled by heat since the machine started", "cool the machine: fan, dust, ambient temperature"},
		{"cooling_active", groupMachine, Warning, "heat throttles the machine now", "cool the machine: fan, dust, ambient temperature"},
		{"over_current", groupMachine, Warning, "the machine was throttled for lack of power", "use a stronger power supply"},
		{"temperature_high", groupMachine, Warning, "the machine is hot", "cool the machine: fan, dust, ambient temperature"},
		{"temperature_critical", groupMachine, Error, "the machine is near the temperature at which it switches off", "cool the machine at once"},
		{"jetson_power_mode", groupMachine, Warning, "the Jetson does not run in its first power mode", "nvpmodel -m 0"},
	}
}
