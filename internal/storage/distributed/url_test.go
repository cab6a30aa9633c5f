package distributed_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/storage/distributed"
)

func TestParseURL(t *testing.T) {
	for text, want := range map[string]distributed.Config{
		"nats://localhost:4222": {URL: "nats://localhost:4222"},
		"nats://u:p@a:1,tls://u:p@b:2?replicas=3&monitor=http://a:8222&monitor=http://b:8222": {
			URL: "nats://u:p@a:1,tls://u:p@b:2", Replicas: 3, MonitorURLs: []string{"http://a:8222", "http://b:8222"}},
		"nats://a?system=nats://s:p@a:4222&unsafe-sync=true": {URL: "nats://a", SystemURL: "nats://s:p@a:4222", AllowUnsafeSync: true},
	} {
		got, err := distributed.ParseURL(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestParseURLRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "nats://host:port",
		"nats://":                        "nats://host:port",
		"http://a":                       "nats://host:port",
		"nats://a,b":                     "nats://host:port",
		"nats://u:secret@a:x":            "nats://host:port",
		"nats://a?replicas=many":         "replicas",
		"nats://a?replicas=1&replicas=3": "twice",
		"nats://a?unsafe-sync=maybe":     "unsafe-sync",
		"nats://a?retries=3":             `"retries"`,
		"nats://a?%zz":                   "parameters",
	} {
		_, err := distributed.ParseURL(text)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got error %v, want one with %q", text, err, want)
		}
	}
}
