package provider

// The sizes and hashes are those of the wheels: `pip download --no-deps NAME==VERSION`,
// then sha256sum and ls -l. CUDA's are the set that PyTorch 2.11 for CUDA 13.0 names, so
// that a driver of the 580 series serves them.

const (
	nvidiaLicence = "NVIDIA's licence for its software development kits (proprietary)"
	mit           = "MIT"
)

// runtimeWheel is ONNX Runtime for the CPU, which loads plug-ins.
var runtimeWheel = Wheel{
	Package: "onnxruntime", Version: "1.31.1", Bytes: 23753652, Licence: mit, Files: []string{"libonnxruntime.so.*"},
	SHA256: "5752bd508126ae7c49894d3b9d2e83f0c3d487319246d04c444b393308d7ad7f",
}

// All returns the providers that can be installed.
func All() []Provider {
	return []Provider{
		{
			Name: "cuda", Arch: "amd64", About: "NVIDIA's cards through CUDA 13 and cuDNN 9", Needs: "NVIDIA's driver 580 or newer", Installed: 2038000000,
			Wheels: []Wheel{
				{
					Package: "onnxruntime-gpu", Version: "1.31.1", Bytes: 255560985, Licence: mit,
					Files:  []string{"libonnxruntime.so.*", "libonnxruntime_providers_*.so"},
					SHA256: "e26c475fe361b2015f45b4b824bd13f0bb20204e59b62814e6f0acd5f3d491a6",
				},
				{Package: "nvidia-cublas", Version: "13.1.0.3", Bytes: 423133236, Licence: nvidiaLicence, Files: []string{"libcublas*.so.*"}, SHA256: "ee8722c1f0145ab246bccb9e452153b5e0515fd094c3678df50b2a0888b8b171"},
				{Package: "nvidia-cudnn-cu13", Version: "9.19.0.56", Bytes: 366066321, Licence: nvidiaLicence, Files: []string{"libcudnn*.so.*"}, SHA256: "d20e1734305e9d68889a96e3f35094d733ff1f83932ebe462753973e53a572bf"},
				{Package: "nvidia-cufft", Version: "12.0.0.61", Bytes: 214085489, Licence: nvidiaLicence, Files: []string{"libcufft.so.*"}, SHA256: "6c44f692dce8fd5ffd3e3df134b6cdb9c2f72d99cf40b62c32dde45eea9ddad3"},
				{Package: "nvidia-curand", Version: "10.4.0.35", Bytes: 59544258, Licence: nvidiaLicence, Files: []string{"libcurand.so.*"}, SHA256: "1aee33a5da6e1db083fe2b90082def8915f30f3248d5896bcec36a579d941bfc"},
				{Package: "nvidia-cuda-runtime", Version: "13.0.96", Bytes: 2243632, Licence: nvidiaLicence, Files: []string{"libcudart.so.*"}, SHA256: "7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548"},
				{Package: "nvidia-cuda-nvrtc", Version: "13.0.88", Bytes: 90215200, Licence: nvidiaLicence, Files: []string{"libnvrtc.so.*", "libnvrtc-builtins.so.*"}, SHA256: "ad9b6d2ead2435f11cbb6868809d2adeeee302e9bb94bcf0539c7a40d80e8575"},
				{Package: "nvidia-nvjitlink", Version: "13.0.88", Bytes: 40713933, Licence: nvidiaLicence, Files: []string{"libnvJitLink.so.*"}, SHA256: "13a74f429e23b921c1109976abefacc69835f2f433ebd323d3946e11d804e47b"},
			},
		},
		{
			Name: "tensorrt", Arch: "amd64", About: "RTX cards (Ampere or newer) through TensorRT for RTX", Needs: "NVIDIA's driver with CUDA 13", Installed: 346000000,
			Wheels: []Wheel{runtimeWheel, {
				Package: "onnxruntime-ep-nv-tensorrt-rtx-cu13", Version: "0.5.0", Bytes: 146476965, Licence: "Apache-2.0; TensorRT for RTX in it: NVIDIA's licence (proprietary)",
				Files: []string{"lib*.so", "lib*.so.*"}, SHA256: "32f575c633d171b4edf4b53d3bb22b72a6c9c0a850d2982ce9a788a5d40d3298",
			}},
		},
		{
			Name: "openvino", Arch: "amd64", About: "Intel's processors, GPUs and NPUs through OpenVINO", Needs: "an Intel processor; its driver for the GPU or NPU", Installed: 186000000,
			Wheels: []Wheel{runtimeWheel, {
				Package: "onnxruntime-ep-openvino", Version: "1.8.1", Bytes: 52587628, Licence: mit,
				Files: []string{"lib*.so", "lib*.so.*"}, SHA256: "3832643158c8c187fcab6db661cde2a8c06a2b3559d95d0f2411ac0e51c5e924",
			}},
		},
	}
}
