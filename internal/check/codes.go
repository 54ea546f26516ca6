package check

// Code is the stable name of a kind of finding. Each has one level.
type Code string

// The codes of findings.
const (
	ConfigInvalid     Code = "config_invalid" // of a prompt set, too, where edge check reads one
	ConfigEmpty       Code = "config_empty"
	BundleUnusable    Code = "bundle_unusable"
	SetMissing        Code = "set_missing"
	SetInvalid        Code = "set_invalid"
	SetsDiffer        Code = "sets_differ"
	KeyUnusable       Code = "trusted_key_unusable"
	SignatureRefused  Code = "signature_refused"
	ReferencesMissing Code = "references_missing"
	LearnUnused       Code = "learn_parts_unused"
	RegionUnused      Code = "region_unused"
	EmptyBeltMissing  Code = "empty_belt_missing"
	CameraScheme      Code = "camera_scheme_missing"
	CameraFileMissing Code = "camera_file_missing"
	CameraUnplugged   Code = "camera_unplugged"
	CameraPassword    Code = "camera_password"
	CameraUnreachable Code = "camera_unreachable"
	WatchMissing      Code = "watch_folder_missing"
	WatchIsFile       Code = "watch_folder_is_file"
	WatchShared       Code = "watch_folder_shared"
	WatchUnwritable   Code = "watch_folder_unwritable"
	TriggerMissing    Code = "trigger_missing"
	TriggerNATSOnly   Code = "trigger_nats_only"
	GPIOMissing       Code = "gpio_missing"
	SecretMissing     Code = "secret_missing"
	SecretEmpty       Code = "secret_empty"
	SecretReadable    Code = "secret_readable"
	HubCertificate    Code = "hub_certificate"
	HubUnused         Code = "hub_url_missing"
	HubUnreachable    Code = "hub_unreachable"
	FolderIsFile      Code = "folder_is_file"
	FolderUnusable    Code = "folder_unusable"
	FolderUnwritable  Code = "folder_unwritable"
	FolderOfOther     Code = "folder_of_other_user"
	PortShared        Code = "port_shared"
	PortInUse         Code = "port_in_use"
	PortUnusable      Code = "port_unusable"
)
