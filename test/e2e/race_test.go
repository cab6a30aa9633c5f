package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestRaces tells the stories once more to a program with the race detector in it. It takes a C compiler and a while to
// build, so it runs where CI=true.
func TestRaces(t *testing.T) {
	if binary == "" || os.Getenv("CI") != "true" {
		t.Skip("builds the program with the race detector: only where CI=true")
	}
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("the race detector needs a C compiler: no gcc in PATH")
	}
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hookswitch-race")
	if err := build(path, "CGO_ENABLED=1", "-race"); err != nil {
		t.Fatal(err)
	}
	for name, tell := range map[string]func(*testing.T, *world){"call": tellCall, "contacts": tellContacts} {
		t.Run(name, func(t *testing.T) {
			s := startBinary(t, path, append([]string{"--data", t.TempDir()}, virtual[1:]...)...)
			tell(t, open(t, s, newGoClient(t, s), "alice"))
		})
	}
}
