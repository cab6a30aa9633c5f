package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

const (
	npmWithin  = 3 * time.Minute
	nodeWithin = 2 * time.Minute
)

// TestJavaScript puts, reads and subscribes with the AWS SDK for JavaScript v3, over HTTP/2 and HTTP/1.1.
func TestJavaScript(t *testing.T) {
	s := start(t, "--memory")
	dir := nodeModules(t)
	ctx, cancel := context.WithTimeout(t.Context(), nodeWithin)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "node", "--no-warnings", "js/kinesis.cjs", dir, s.url).CombinedOutput(); err != nil || string(out) != "ok\n" {
		t.Errorf("%v\n%s", err, out)
	}
}

// nodeModules installs what js/package.json names into a folder that later runs use again, and returns that.
func nodeModules(t *testing.T) string {
	t.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("there is no %s here", tool)
		}
	}
	text, err := os.ReadFile("js/package.json")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(os.TempDir(), "hookswitch-e2e-js")
	marker := filepath.Join(dir, "installed.json") // what was installed, once it was
	if done, err := os.ReadFile(marker); err == nil && string(done) == string(text) {
		return dir
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "package.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), npmWithin)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "npm", "install", "--prefix", dir, "--no-audit", "--no-fund").CombinedOutput(); err != nil {
		t.Skipf("npm cannot install the AWS SDK for JavaScript here: %v\n%s", err, out)
	}
	if err := os.WriteFile(marker, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}
