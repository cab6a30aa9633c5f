package edge

import (
	"net/http"
	"strings"
	"testing"
)

func TestLoopbackOrigin(t *testing.T) {
	for origin, want := range map[string]bool{
		"http://localhost": true, "http://localhost:3000": true, "https://app.localhost:8443": true, "http://127.0.0.1:5173": true, "http://[::1]:80": true, "http://127.9.9.9": true,
		"https://evil.example": false, "http://localhost.evil.example": false, "http://evil.example#localhost": false, "null": false, "": false,
		"file://localhost": false, "http://10.0.0.1": false, "http://notlocalhost": false,
	} {
		if got := LoopbackOrigin(origin); got != want {
			t.Errorf("LoopbackOrigin(%q) = %v, want %v", origin, got, want)
		}
	}
}

func TestPagesOfOtherSitesAreRefused(t *testing.T) {
	rec := new(recorder)
	cfg := rec.config()
	cfg.Origin = LoopbackOrigin
	p := start(t, cfg)
	signed := looseFor("connect")
	preflight := []string{"Host: connect.localhost", "Access-Control-Request-Method: GET"}
	for _, c := range []struct {
		origin  string
		allowed bool
	}{{"http://localhost:3000", true}, {"https://evil.example", false}, {"null", false}} {
		got := p.do(p.request("GET", "/instance", "", append([]string{"Origin: " + c.origin}, signed...)...))
		if (got.StatusCode == http.StatusOK) != c.allowed || (got.Header.Get("Access-Control-Allow-Origin") != "") != c.allowed {
			t.Errorf("%s: got %d %v", c.origin, got.StatusCode, got.Header)
		}
		if !c.allowed && (got.StatusCode != http.StatusForbidden || !strings.Contains(got.body, "--cors-origin")) {
			t.Errorf("%s: got %d %s", c.origin, got.StatusCode, got.body)
		}
		got = p.do(p.request("OPTIONS", "/instance", "", append([]string{"Origin: " + c.origin}, preflight...)...))
		if (got.StatusCode == http.StatusOK) != c.allowed || (got.Header.Get("Access-Control-Allow-Origin") != "") != c.allowed {
			t.Errorf("preflight of %s: got %d %v", c.origin, got.StatusCode, got.Header)
		}
	}
	if got := p.do(p.request("GET", "/instance", "", signed...)); got.StatusCode != http.StatusOK {
		t.Errorf("without an origin: got %d", got.StatusCode)
	}
}
