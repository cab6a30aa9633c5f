package edge

import (
	"net"
	"net/url"
	"strings"
)

// LoopbackOrigin allows pages that this machine serves itself: of localhost, a name below it, or a loopback address, on
// any port.
func LoopbackOrigin(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	host := strings.ToLower(u.Hostname())
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// originAllowed reports whether the page that sent the request, if a page did, may call.
func (c *call) originAllowed() bool {
	if c.h.origin == nil {
		return true
	}
	for _, o := range c.r.Header["Origin"] {
		if !c.h.origin(o) {
			return false
		}
	}
	return true
}
