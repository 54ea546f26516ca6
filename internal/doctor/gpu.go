package doctor

import (
	"context"
	"path/filepath"
	"regexp"
	"strings"

	"pristine/infer"
)

// libraries are those that a provider loads, as ONNX Runtime 1.24 is linked against
// them. docs/compatibility.md has the versions.
var libraries = map[string][]string{
	"cuda":     {"libcudart", "libcublas", "libcudnn"},
	"tensorrt": {"libcudart", "libcublas", "libcudnn", "libnvinfer"},
}

// folders are those in which such libraries are installed.
var folders = []string{"usr/lib/*-linux-gnu", "usr/lib/*-linux-gnu/nvidia", "usr/lib", "usr/lib64", "usr/local/cuda/lib64", "usr/local/cuda*/targets/*/lib", "usr/local/tensorrt/lib", "usr/local/lib"}

// gpu examines NVIDIA's driver and libraries, and whether each configured provider
// starts.
func (e *examination) gpu(context.Context) {
	driver, kind := e.driver()
	var wanted []string
	if e.config != nil {
		for _, p := range e.config.Model.Providers {
			if p != "cpu" {
				wanted = append(wanted, p)
			}
		}
	}
	if len(wanted) == 0 {
		if driver == "" {
			e.add("gpu_none", "there is no NVIDIA driver: the CPU is used")
		} else {
			e.add("gpu_idle", "%s; model.providers is %v", kind, e.providers())
		}
		return
	}
	for _, provider := range wanted {
		e.provider(provider, driver, kind)
	}
}

func (e *examination) providers() string { return strings.Join(e.config.Model.Providers, ", ") }

func (e *examination) provider(provider, driver, kind string) {
	needs := libraries[provider]
	if needs != nil {
		if driver == "" {
			e.add("gpu_missing", "model.providers has %s, and there is no NVIDIA driver: the policy is %s", provider, e.config.Model.Policy)
			return
		}
		if library := e.newest("libcuda"); library != "" && strings.Count(library, ".") > 0 && strings.Count(driver, ".") > 0 && library != driver {
			e.add("gpu_driver_mismatch", "the kernel has NVIDIA's driver %s, and libcuda.so is of %s", driver, library)
			return
		}
		var found, missing []string
		for _, name := range needs {
			if v := e.newest(name); v == "" {
				missing = append(missing, name+".so")
			} else {
				found = append(found, name+" "+v)
			}
		}
		if len(missing) > 0 {
			text := "provider " + provider + " needs " + strings.Join(missing, ", ")
			if len(found) > 0 {
				text += "; found: " + strings.Join(found, ", ")
			}
			e.add("gpu_libraries", "%s", text)
			return
		}
		kind += ": " + strings.Join(found, ", ")
	}
	if err := infer.Startable(provider); err != nil {
		e.add("provider_unusable", "%s: %v", provider, err)
		return
	}
	e.add("gpu_good", "provider %s starts%s", provider, strings.TrimSuffix(" on "+kind, " on "))
}

var driverVersion = regexp.MustCompile(`\s(\d+\.\d+(?:\.\d+)?)\s`)

// driver returns the version of NVIDIA's driver, "" for none, and what it drives in
// words. A Jetson has its driver in the kernel of its release.
func (e *examination) driver() (version, kind string) {
	if text := e.read("proc/driver/nvidia/version"); text != "" {
		version = "unknown"
		if m := driverVersion.FindStringSubmatch(text); m != nil {
			version = m[1]
		}
		return version, "NVIDIA driver " + version
	}
	if text := e.read("etc/nv_tegra_release"); text != "" {
		model := strings.TrimRight(e.read("proc/device-tree/model"), "\x00\n")
		release, _, _ := strings.Cut(strings.TrimPrefix(text, "# "), ",")
		return "jetson", strings.TrimSpace(model + " " + release)
	}
	return "", ""
}

var libraryVersion = regexp.MustCompile(`\.so\.([0-9][0-9.]*)$`)

// newest returns the longest version in the names of a library's files; "" where it
// is not installed.
func (e *examination) newest(library string) (version string) {
	for _, folder := range folders {
		for _, file := range e.glob(folder + "/" + library + ".so.*") {
			if m := libraryVersion.FindStringSubmatch(filepath.Base(file)); m != nil && len(m[1]) > len(version) {
				version = m[1]
			}
		}
	}
	return version
}
