package infer

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pristine/infer/bundle"
	"pristine/internal/assets"
	"pristine/internal/cprogram"

	ort "github.com/yalue/onnxruntime_go"
)

// bindingDir is the folder of onnxruntime_go's sources, with its headers.
func bindingDir(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/yalue/onnxruntime_go").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func TestPlugin_PlacesInTheTableAreTheHeaders(t *testing.T) {
	header, err := os.ReadFile("plugin.h")
	if err != nil {
		t.Fatal(err)
	}
	program := cprogram.Compile(t, `#include <stddef.h>
#include <stdio.h>
#include "onnxruntime_c_api.h"
#define PLACE(name, f) printf("\tpristine_" #name " = %zu,\n", offsetof(OrtApi, f) / sizeof(void *))
int main(void) {
	PLACE(GetErrorMessage, GetErrorMessage);
	PLACE(CreateEnv, CreateEnv);
	PLACE(ReleaseEnv, ReleaseEnv);
	PLACE(ReleaseStatus, ReleaseStatus);
	PLACE(GetEpDevices, GetEpDevices);
	PLACE(AppendExecutionProvider_V2, SessionOptionsAppendExecutionProvider_V2);
	PLACE(HardwareDevice_Type, HardwareDevice_Type);
	PLACE(EpDevice_EpName, EpDevice_EpName);
	PLACE(EpDevice_Device, EpDevice_Device);
	printf("\tpristine_api_version = %d,\n", ORT_API_VERSION);
	return OrtHardwareDeviceType_CPU != 0 || OrtHardwareDeviceType_GPU != 1 || OrtHardwareDeviceType_NPU != 2 || ORT_LOGGING_LEVEL_ERROR != 3;
}`, "places", "-I", bindingDir(t))
	out, err := exec.Command(program).Output()
	if err != nil {
		t.Fatalf("the kinds of devices, or the level of the log, are others: %v", err)
	}
	if !strings.Contains(string(header), "enum {\n"+string(out)+"};") {
		t.Errorf("plugin.h must have\n%s", out)
	}
}

func TestPlugin_SessionOptionsHaveOneField(t *testing.T) {
	kind := reflect.TypeFor[ort.SessionOptions]()
	if kind.NumField() != 1 || kind.Field(0).Type.Kind() != reflect.Pointer {
		t.Fatalf("%v: sessionOptions reads its one pointer", kind)
	}
}

// idle is a plug-in that serves the CPU, starts only with the setting "wanted", and
// takes no node.
const idle = `#include <stdlib.h>
#include <string.h>
#include "onnxruntime_c_api.h"
static const OrtApi *api;
static const OrtEpApi *ep_api;
static const char *factory_name(const OrtEpFactory *f) { return NAME; }
static const char *ep_name(const OrtEp *e) { return NAME; }
static const char *version(const OrtEpFactory *f) { return "1.0.0"; }
static uint32_t vendor(const OrtEpFactory *f) { return 0; }
static OrtStatus *devices(OrtEpFactory *f, const OrtHardwareDevice *const *all, size_t n, OrtEpDevice **out, size_t max, size_t *count) {
	*count = 0;
	for (size_t i = 0; i < n && *count < max; i++)
		if (api->HardwareDevice_Type(all[i]) == OrtHardwareDeviceType_CPU) {
			OrtStatus *s = ep_api->CreateEpDevice(f, all[i], NULL, NULL, &out[*count]);
			if (s) return s;
			++*count;
		}
	return NULL;
}
static OrtStatus *capability(OrtEp *e, const OrtGraph *g, OrtEpGraphSupportInfo *i) { return NULL; }
static OrtStatus *create(OrtEpFactory *f, const OrtHardwareDevice *const *d, const OrtKeyValuePairs *const *m, size_t n, const OrtSessionOptions *o, const OrtLogger *l, OrtEp **out) {
	size_t size = 0;
	int has = 0;
	OrtStatus *s = api->HasSessionConfigEntry(o, WANTED, &has);
	if (s) return s;
	if (!has) return api->CreateStatus(ORT_FAIL, "the setting " WANTED " is not there");
	OrtEp *e = calloc(1, sizeof *e);
	e->ort_version_supported = 23;
	e->GetName = ep_name;
	e->GetCapability = capability;
	*out = e;
	return NULL;
}
static void release(OrtEpFactory *f, OrtEp *e) { free(e); }
static OrtStatus *transfer(OrtEpFactory *f, OrtDataTransferImpl **out) { *out = NULL; return NULL; }
static bool streams(const OrtEpFactory *f) { return false; }
static OrtEpFactory factory;
OrtStatus *CreateEpFactories(const char *name, const OrtApiBase *base, const OrtLogger *l, OrtEpFactory **out, size_t max, size_t *n) {
	api = base->GetApi(ORT_API_VERSION);
	ep_api = api->GetEpApi();
	factory.ort_version_supported = 23;
	factory.GetName = factory_name;
	factory.GetVendor = factory_name;
	factory.GetVendorId = vendor;
	factory.GetVersion = version;
	factory.GetSupportedDevices = devices;
	factory.CreateEp = create;
	factory.ReleaseEp = release;
	factory.CreateDataTransfer = transfer;
	factory.IsStreamAware = streams;
	out[0] = &factory;
	*n = 1;
	return NULL;
}
OrtStatus *ReleaseEpFactory(OrtEpFactory *f) { return NULL; }
`

// A plug-in is found where it is installed, is registered, gets its settings, and
// serves the device that it is asked for. One that takes no node is refused.
func TestPlugin_IsRegisteredAndChosenByItsDevice(t *testing.T) {
	home := t.TempDir()
	t.Setenv(assets.Variable, home)
	for _, p := range []struct {
		plugin
		wanted string
	}{{rtxPlugin, "nv_runtime_cache_path"}, {openvinoPlugin, "num_of_threads"}} {
		setting := "ep." + strings.ToLower(p.name) + "." + p.wanted
		library := cprogram.Compile(t, idle, p.file, "-shared", "-fPIC", "-I", bindingDir(t), fmt.Sprintf("-DNAME=%q", p.name), fmt.Sprintf("-DWANTED=%q", setting))
		dir := filepath.Join(home, assets.Providers, p.provider)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(library, filepath.Join(dir, p.file)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Load(""); err != nil {
		t.Fatal(err)
	}
	b, err := bundle.Open(export(t, "clip"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		options Options
		want    string
	}{
		"no node":          {Options{Providers: []string{openvino}, Threads: 1}, "openvino started, but took no node of the model: it runs on map[CPUExecutionProvider:"},
		"no setting":       {Options{Providers: []string{openvino}}, "the setting ep.openvinoexecutionprovider.num_of_threads is not there"},
		"no such device":   {Options{Providers: []string{openvino + ":NPU"}}, "it serves no device of this machine"},
		"unknown device":   {Options{Providers: []string{openvino + ":TPU"}}, `unknown device "TPU"`},
		"no GPU":           {Options{Providers: []string{"tensorrt"}, CacheDir: t.TempDir()}, "nor does TensorRT for RTX: " + home},
		"another fp16":     {Options{Providers: []string{"tensorrt"}, Precision: "fp16"}, errPrecision.Error()},
		"fallback serves":  {Options{Providers: []string{openvino, "cpu"}, Policy: "fallback"}, ""},
		"a plain CPU runs": {Options{Providers: []string{"cpu"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := NewImageEncoder(nil, b, c.options)
			if err == nil {
				defer e.Close()
			}
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	if err := (plugin{"tensorrt", "None", "libnone.so"}).append(nil, "GPU", nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a plug-in that is not there: %v", err)
	}
}

func TestPlugin_OptionsOfTensorRTForRTX(t *testing.T) {
	key := engineKey{Input: "pixel_values", Size: 224, MaxBatch: 16}
	o := tensorRTRTXOptions(key, "dir")
	if o["nv_profile_max_shapes"] != "pixel_values:16x3x224x224" || o["nv_profile_min_shapes"] != "pixel_values:1x3x224x224" || o["nv_runtime_cache_path"] != "dir" {
		t.Errorf(`got %v; want o["nv_profile_max_shapes"] == "pixel_values:16x3x224x224", o["nv_profile_min_shapes"] == "pixel_values:1x3x224x224", o["nv_runtime_cache_path"] == "dir"`, o)
	}
	if o := tensorRTRTXOptions(engineKey{}, ""); len(o) != 0 {
		t.Errorf("a text model without a cache: got %v", o)
	}
	dir := t.TempDir()
	if v := rtxVersion(dir); v != unknownPart {
		t.Errorf("an empty folder: got %s", v)
	}
	for _, name := range []string{"libtensorrt_rtx.so.1", "libtensorrt_rtx.so.1.7.1"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if v := rtxVersion(dir); v != "1.7.1" {
		t.Errorf("got %s", v)
	}
	rtx := Placement{rtxPlugin.name: 1}
	if err := rtx.check("tensorrt"); err != nil {
		t.Error(err)
	}
	if err := rtx.check("cuda"); err == nil {
		t.Error("nodes on TensorRT for RTX pass for CUDA's")
	}
}
