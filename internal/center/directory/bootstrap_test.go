package directory

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
)

var update = flag.Bool("update", false, "write testdata anew")

// TestNewInstance holds what comes with a new instance against testdata/new_instance.txt.
func TestNewInstance(t *testing.T) {
	at := time.Date(2026, 3, 2, 17, 0, 0, 0, time.UTC)
	n := 0
	ids := func() string { n++; return center.DeriveID(testKey, 1, n) }
	events, ok, err := New().Decide(center.Stamp{At: at, Place: 1}, ids, center.CreateInstance{Instance: testInstance(), Key: testKey})
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintf(&b, "%s\n", strings.TrimPrefix(fmt.Sprintf("%T", e), "center."))
		describe(&b, e)
	}
	file := filepath.Join("testdata", "new_instance.txt")
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("differs from %s (go test -update writes it anew):\n%s", file, b.String())
	}
}

func describe(b *strings.Builder, e center.Event) {
	line := func(format string, args ...any) { fmt.Fprintf(b, "  "+format+"\n", args...) }
	switch e := e.(type) {
	case center.InstanceSaved:
		line("%s %s %s created %s", e.Instance.ID, e.Instance.Alias, e.Instance.IdentityManagement, e.Instance.CreatedAt.Format(time.RFC3339))
		line("role %s", e.Instance.ServiceRole)
		line("attributes %v", e.Instance.Attributes)
	case center.AgentStatusSaved:
		line("%s %q %s %s %d", e.Status.ID, e.Status.Name, e.Status.Type, e.Status.State, e.Status.DisplayOrder)
	case center.HoursSaved:
		line("%s %q %s %v", e.Hours.ID, e.Hours.Name, e.Hours.TimeZone, e.Hours.Slots)
	case center.QueueSaved:
		line("%s %q %s hours %s", e.Queue.ID, e.Queue.Name, e.Queue.Status, e.Queue.Hours)
	case center.RoutingProfileSaved:
		line("%s %q %s out %s", e.Profile.ID, e.Profile.Name, e.Profile.AvailabilityTimer, e.Profile.DefaultOutbound)
		line("%v", e.Profile.Concurrency)
		line("%v", e.Profile.Queues)
	case center.SecurityProfileSaved:
		line("%s %q", e.Profile.ID, e.Profile.Name)
		line("%v", e.Profile.Permissions)
	case center.FlowSaved:
		line("%s %q %s %s %s", e.Flow.ID, e.Flow.Name, e.Flow.Type, e.Flow.State, e.Flow.Status)
	case center.PromptSaved:
		line("%s %q", e.Prompt.ID, e.Prompt.Name)
	default:
		line("unexpected")
	}
}

func TestDefaultFlowsAreWhatAnyoneCouldCreate(t *testing.T) {
	k := newDesk(t)
	for _, f := range Sorted(k.Flows) {
		doc, err := language.Parse(f.Type, f.Content)
		if err != nil {
			t.Errorf("%s: %v", f.Name, err)
			continue
		}
		for _, r := range doc.References() {
			if r.ID != string(k.basicQueue(t).ID) {
				t.Errorf("%s names %v", f.Name, r)
			}
		}
		if strings.Contains(f.Content, queuePlaceholder) {
			t.Errorf("%s has the placeholder", f.Name)
		}
		k.must(t, center.UpdateFlowContent{ID: f.ID, Content: f.Content})
	}
	if len(k.Flows) != 9 {
		t.Errorf("%d flows, want 9", len(k.Flows))
	}
}

func TestSecurityProfilesAreSound(t *testing.T) {
	for _, p := range securityProfiles() {
		seen := map[string]bool{}
		for _, name := range p.Permissions {
			if seen[name] || name == "" {
				t.Errorf("%s has %q twice", p.Name, name)
			}
			seen[name] = true
		}
		if !seen["BasicAgentAccess"] && p.Name != profileQualityAnalyst {
			t.Errorf("%s cannot use the agent panel", p.Name)
		}
	}
}

func TestServiceRoleIsOfTheInstanceAlone(t *testing.T) {
	i := testInstance()
	a, err := serviceRole(i, testKey)
	if err != nil {
		t.Fatal(err)
	}
	name, suffix, ok := strings.Cut(a, "AWSServiceRoleForAmazonConnect_")
	if !ok || name != "arn:aws:iam::111122223333:role/aws-service-role/connect.amazonaws.com/" || len(suffix) != roleSuffixLength {
		t.Errorf("role %s", a)
	}
	if b, _ := serviceRole(i, []byte("another")); b == a {
		t.Error("another key makes the same role")
	}
	i.ID, i.ARN = "other", strings.Replace(i.ARN, string(i.ID), "other", 1)
	if b, err := serviceRole(i, testKey); err != nil || b == a {
		t.Errorf("another instance: %s, %v", b, err)
	}
}
