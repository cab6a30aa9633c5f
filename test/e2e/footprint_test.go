package e2e

import (
	"os"
	"os/exec"
	"testing"
)

// TestFootprint measures start and idle memory with the repository's own program. The bound of the time is for a machine
// that does nothing else; here other tests run beside it.
func TestFootprint(t *testing.T) {
	if binary == "" {
		t.Skip("runs the program: left out with -short")
	}
	readyMax := "300ms"
	if os.Getenv("CI") == "true" {
		readyMax = "600ms"
	}
	out, err := exec.CommandContext(t.Context(), "go", "run", "../footprint", "-binary", binary, "-runs", "7", "-idle", "2s", "-ready-max", readyMax, "-rss-max", "60").CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
}

// TestFootprintWithData measures memory with some data. make footprint does so with more, and other scenarios.
func TestFootprintWithData(t *testing.T) {
	if binary == "" {
		t.Skip("runs the program: left out with -short")
	}
	for _, args := range [][]string{{"-scenario", "retained", "-gib", "0.4", "-idle", "1s"}, {"-scenario", "subscriptions", "-idle", "1s"}} {
		out, err := exec.CommandContext(t.Context(), "go", append([]string{"run", "../footprint", "-binary", binary}, args...)...).CombinedOutput()
		t.Logf("%s", out)
		if err != nil {
			t.Error(args, err)
		}
	}
}
