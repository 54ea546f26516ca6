#include <stddef.h>

// The places of functions in OrtApi, a table that only grows: those of the header
// that onnxruntime_go has, by test.
enum {
	pristine_GetErrorMessage = 2,
	pristine_CreateEnv = 3,
	pristine_ReleaseEnv = 92,
	pristine_ReleaseStatus = 93,
	pristine_GetEpDevices = 303,
	pristine_AppendExecutionProvider_V2 = 304,
	pristine_HardwareDevice_Type = 307,
	pristine_EpDevice_EpName = 312,
	pristine_EpDevice_Device = 316,
	pristine_api_version = 24,
};

// The kinds of devices, as OrtHardwareDeviceType has them.
enum { pristine_cpu, pristine_gpu, pristine_npu };

// pristine_append_plugin adds an execution provider of a registered library to
// session options, on the first device of a kind that it serves. It returns NULL,
// or what went wrong; the caller frees that.
char *pristine_append_plugin(const char *library, void *options, const char *provider, int kind,
                             const char *const *keys, const char *const *values, size_t count);
