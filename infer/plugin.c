#include "plugin.h"

#include <dlfcn.h>
#include <stdint.h>
#include <string.h>

typedef void *const *table;
typedef struct {
	table (*api)(uint32_t version);
} base;

// message turns a status of ONNX Runtime into text, and releases it.
static char *message(table api, void *status) {
	if (status == NULL) return NULL;
	char *text = strdup(((const char *(*)(void *))api[pristine_GetErrorMessage])(status));
	((void (*)(void *))api[pristine_ReleaseStatus])(status);
	return text;
}

char *pristine_append_plugin(const char *library, void *options, const char *provider, int kind,
                             const char *const *keys, const char *const *values, size_t count) {
	// The library is loaded: this finds it, and counts it once more.
	void *handle = dlopen(library, RTLD_LAZY | RTLD_NOLOAD);
	const base *(*get)(void) = NULL;
	if (handle != NULL) get = (const base *(*)(void))dlsym(handle, "OrtGetApiBase");
	if (get == NULL) {
		char *text = strdup("ONNX Runtime cannot be found again");
		if (handle != NULL) dlclose(handle);
		return text;
	}
	table api = get()->api(pristine_api_version);
	// One environment a process: this is the one that there is, counted once more.
	void *env = NULL;
	char *failed = message(api, ((void *(*)(int, const char *, void **))api[pristine_CreateEnv])(3, "pristine", &env));
	void *const *devices = NULL;
	size_t n = 0;
	if (failed == NULL)
		failed = message(api, ((void *(*)(void *, void *const **, size_t *))api[pristine_GetEpDevices])(env, &devices, &n));
	void *found = NULL;
	for (size_t i = 0; failed == NULL && found == NULL && i < n; i++) {
		const char *name = ((const char *(*)(void *))api[pristine_EpDevice_EpName])(devices[i]);
		void *device = ((void *(*)(void *))api[pristine_EpDevice_Device])(devices[i]);
		if (strcmp(name, provider) == 0 && ((int (*)(void *))api[pristine_HardwareDevice_Type])(device) == kind)
			found = devices[i];
	}
	if (failed == NULL && found == NULL) failed = strdup("it serves no device of this machine");
	if (failed == NULL)
		failed = message(api, ((void *(*)(void *, void *, void *const *, size_t, const char *const *, const char *const *, size_t))
			api[pristine_AppendExecutionProvider_V2])(options, env, &found, 1, keys, values, count));
	if (env != NULL) ((void (*)(void *))api[pristine_ReleaseEnv])(env);
	dlclose(handle);
	return failed;
}
