package doctor

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// What an agent needs besides its model: an agent with one camera and the built-in
// bundle takes about 400 MB.
const (
	memoryLeast = 512 << 20 // available bytes
	cgroupLeast = 1 << 30   // of a limit
	filesLeast  = 4096      // open files: the event store and SQLite hold hundreds
)

// machine examines memory, limits, power and temperature.
func (e *examination) machine(context.Context) {
	process := "self"
	if e.agent.pid > 0 {
		process = strconv.Itoa(e.agent.pid)
	}
	e.memory()
	e.cgroup(process)
	e.openFiles(process)
	e.power()
	e.heat()
	e.good("machine_good", groupMachine, "memory, limits, power and temperature are fine")
}

// number returns the number of a file; false where there is none.
func (e *examination) number(file string) (float64, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(e.read(file)), 64)
	return n, err == nil
}

func (e *examination) memory() {
	for line := range strings.Lines(e.read("proc/meminfo")) {
		f := strings.Fields(line)
		if len(f) < 2 || f[0] != "MemAvailable:" {
			continue
		}
		if kb, err := strconv.ParseInt(f[1], 10, 64); err == nil && kb<<10 < memoryLeast {
			e.add("memory_low", "%s of memory are available, less than %s", size(kb<<10), size(memoryLeast))
		}
	}
}

// cgroup examines the limits of a process and of all groups above its own.
func (e *examination) cgroup(process string) {
	group := ""
	for line := range strings.Lines(e.read("proc/" + process + "/cgroup")) {
		if at, found := strings.CutPrefix(strings.TrimSpace(line), "0::"); found { // version 2
			group = at
		}
	}
	memory, cpus, where, whereCPU := -1.0, -1.0, "", ""
	for at := path.Join("/", group); ; at = path.Dir(at) {
		dir := path.Join("sys/fs/cgroup", at)
		if limit, ok := e.number(dir + "/memory.max"); ok && (memory < 0 || limit < memory) {
			memory, where = limit, at
		}
		if f := strings.Fields(e.read(dir + "/cpu.max")); len(f) == 2 {
			quota, err := strconv.ParseFloat(f[0], 64)
			period, err2 := strconv.ParseFloat(f[1], 64)
			if err == nil && err2 == nil && period > 0 && (cpus < 0 || quota/period < cpus) {
				cpus, whereCPU = quota/period, at
			}
		}
		if at == "/" {
			break
		}
	}
	if memory >= 0 && memory < cgroupLeast {
		e.add("cgroup_memory", "cgroup %s may take %s of memory, less than %s", where, size(int64(memory)), size(cgroupLeast))
	}
	if cpus >= 0 && cpus < 1 {
		e.add("cgroup_cpu", "cgroup %s may take %.2g CPUs", whereCPU, cpus)
	}
}

// openFiles examines the hard limit, to which a program in Go raises its soft limit.
func (e *examination) openFiles(process string) {
	for line := range strings.Lines(e.read("proc/" + process + "/limits")) {
		rest, found := strings.CutPrefix(line, "Max open files")
		if f := strings.Fields(rest); found && len(f) >= 2 {
			if n, err := strconv.Atoi(f[1]); err == nil && n < filesLeast {
				e.add("open_files", "at most %d files may be open, less than %d", n, filesLeast)
			}
		}
	}
}

// power examines how fast the CPUs may run.
func (e *examination) power() {
	const cappedShare = 0.75
	saving, capped, text := 0, 0, ""
	for _, cpu := range e.glob("sys/devices/system/cpu/cpu[0-9]*/cpufreq") {
		governor, driver, preference := e.word(cpu+"/scaling_governor"), e.word(cpu+"/scaling_driver"), e.word(cpu+"/energy_performance_preference")
		// These two drivers call a governor powersave that goes up to full speed.
		active := driver == "intel_pstate" || driver == "amd-pstate-epp"
		if governor == "powersave" && (!active || preference == "power") {
			saving++
		}
		most, ok := e.number(cpu + "/scaling_max_freq")
		could, ok2 := e.number(cpu + "/cpuinfo_max_freq")
		if ok && ok2 && most < cappedShare*could {
			capped++
			text = fmt.Sprintf("%.0f of %.0f MHz", most/1000, could/1000)
		}
	}
	if saving > 0 {
		e.add("cpu_powersave", "%d CPUs have the governor powersave", saving)
	}
	if capped > 0 {
		e.add("cpu_capped", "%d CPUs may run at most at %s", capped, text)
	}
	if mode, found := strings.CutPrefix(strings.TrimSpace(e.read("var/lib/nvpmodel/status")), "pmode:"); found {
		if n, err := strconv.Atoi(mode); err == nil && n != 0 {
			e.add("jetson_power_mode", "nvpmodel is in mode %d", n)
		}
	}
}

func (e *examination) word(file string) string { return strings.TrimSpace(e.read(file)) }

// hot is the temperature from which a zone is reported, in degrees Celsius; critical is
// how near it may come to the temperature at which the kernel switches the machine off.
const (
	hot      = 85
	critical = 5
)

// heat examines temperatures, and whether the machine was slowed by heat or for want
// of power.
func (e *examination) heat() {
	for _, zone := range e.glob("sys/class/thermal/thermal_zone*") {
		t, ok := e.number(zone + "/temp")
		if !ok {
			continue
		}
		t /= 1000
		name := e.word(zone + "/type")
		switch limit := e.trip(zone); {
		case limit > 0 && t >= limit-critical:
			e.add("temperature_critical", "%s is at %.0f °C, and the machine switches off at %.0f °C", name, t, limit)
		case t >= hot:
			e.add("temperature_high", "%s is at %.0f °C", name, t)
		}
	}
	throttled := 0.0
	for _, file := range e.glob("sys/devices/system/cpu/cpu[0-9]*/thermal_throttle/core_throttle_count") {
		if n, ok := e.number(file); ok {
			throttled += n
		}
	}
	if throttled > 0 {
		e.add("cpu_throttled", "the CPUs were throttled %.0f times since the machine started", throttled)
	}
	for _, device := range e.glob("sys/class/thermal/cooling_device*") {
		name := e.word(device + "/type")
		if n, ok := e.number(device + "/cur_state"); ok && n > 0 && slows(name) {
			e.add("cooling_active", "%s is throttled, step %.0f", name, n)
		}
	}
	for _, file := range e.glob("sys/class/hwmon/hwmon*/oc*_event_cnt") {
		if n, ok := e.number(file); ok && n > 0 {
			e.add("over_current", "%s counts %.0f times", filepath.Base(file), n)
		}
	}
}

// slows reports whether a cooling device is a CPU or a GPU that runs slower; others
// are fans.
func slows(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "cpufreq") || strings.Contains(name, "gpufreq") || strings.Contains(name, "processor") || strings.Contains(name, "devfreq")
}

// trip returns the temperature at which the kernel switches the machine off; 0 where
// the zone does not say.
func (e *examination) trip(zone string) float64 {
	for _, file := range e.glob(zone + "/trip_point_*_type") {
		if e.word(file) == "critical" {
			t, _ := e.number(strings.TrimSuffix(file, "type") + "temp")
			return t / 1000
		}
	}
	return 0
}
