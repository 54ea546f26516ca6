package v4l2

// Sizes in bytes of the structures of linux/videodev2.h; the offsets of their
// fields stand where they are read.
const (
	capabilitySize = 104 // v4l2_capability
	formatSize     = 64  // v4l2_fmtdesc
	sizeSize       = 44  // v4l2_frmsizeenum
	intervalSize   = 52  // v4l2_frmivalenum
)

// Requests, as _IOR and _IOWR of linux/ioctl.h make them.
const (
	queryCapability    = 2<<30 | capabilitySize<<16 | 'V'<<8    // VIDIOC_QUERYCAP, number 0
	enumerateFormats   = 3<<30 | formatSize<<16 | 'V'<<8 | 2    // VIDIOC_ENUM_FMT
	enumerateSizes     = 3<<30 | sizeSize<<16 | 'V'<<8 | 74     // VIDIOC_ENUM_FRAMESIZES
	enumerateIntervals = 3<<30 | intervalSize<<16 | 'V'<<8 | 75 // VIDIOC_ENUM_FRAMEINTERVALS
)

// Values of linux/videodev2.h.
const (
	capturesVideo         = 0x00000001 // V4L2_CAP_VIDEO_CAPTURE
	hasDeviceCapabilities = 0x80000000 // V4L2_CAP_DEVICE_CAPS
	captureQueue          = 1          // V4L2_BUF_TYPE_VIDEO_CAPTURE
	discrete              = 1          // V4L2_FRMSIZE_TYPE_DISCRETE, V4L2_FRMIVAL_TYPE_DISCRETE
)

// mostItems of a list; no driver has as many.
const mostItems = 256
