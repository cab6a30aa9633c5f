package e2e

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestReadme runs what the README tells a newcomer to type at the AWS CLI, as it stands there.
func TestReadme(t *testing.T) {
	t.Parallel()
	for _, needed := range []string{"bash", "aws"} {
		if _, err := exec.LookPath(needed); err != nil {
			t.Skip(needed + " is not installed")
		}
	}
	s := start(t, "--memory", "--profile", "fast")
	var script strings.Builder
	script.WriteString("set -euo pipefail\n")
	for _, line := range readmeLines(t) {
		switch {
		case strings.HasPrefix(line, "make "), strings.HasPrefix(line, "eval "), strings.HasPrefix(line, "bin/hookswitch tail"):
			continue // the test has started the program, sets the environment itself, and does not follow for ever
		}
		line, _, _ = strings.Cut(line, "   #")
		script.WriteString(strings.ReplaceAll(line, "bin/hookswitch ", "\"$HOOKSWITCH\" ") + "\n")
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-c", script.String())
	cmd.Env = append(cliEnvironment(t, s), "HOOKSWITCH="+binary, "HOOKSWITCH_ENDPOINT="+s.url)
	// The README has callers without an account in their key.
	cmd.Env = append(cmd.Env, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, script.String(), out)
	}
	if !strings.Contains(string(out), `"Records"`) || !strings.Contains(string(out), `"PartitionKey"`) {
		t.Errorf("no contact record at the end:\n%s", out)
	}
}

// readmeLines returns the commands of the README's first five minutes.
func readmeLines(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(b), "## The first five minutes")
	part, _, ended := strings.Cut(rest, "\n## ")
	if !found || !ended {
		t.Fatal("the README has no first five minutes")
	}
	var lines []string
	for i, block := range strings.Split(part, "```") {
		if i%2 == 1 {
			lines = append(lines, strings.Split(strings.TrimSpace(block), "\n")...)
		}
	}
	return lines
}
