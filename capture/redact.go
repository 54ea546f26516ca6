package capture

import "regexp"

var (
	userInfo = regexp.MustCompile(`(\b[A-Za-z][A-Za-z0-9+.-]*://)[^/?#\s]*@`)
	noScheme = regexp.MustCompile(`(^|[\s"'(])[^/?#\s:@"'(]+:[^/?#\s@]+@`) // admin:password@camera
	secrets  = regexp.MustCompile(`(?i)((?:^|[?&;\s])[a-z_-]*(?:password|passwd|pwd|pass|token|secret|auth|key|user-pw|user-id)=)("[^"]*"|[^&;\s]*)`)
)

// Redact hides user names, passwords and tokens in an address or a pipeline, for logs
// and events.
func Redact(address string) string {
	address = userInfo.ReplaceAllString(address, "${1}***@")
	address = noScheme.ReplaceAllString(address, "${1}***@")
	return secrets.ReplaceAllString(address, "${1}***")
}
