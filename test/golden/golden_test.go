package golden

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what the scripts lead to into their files")

// TestStories plays testdata/*.txtar. A story is an archive: the script, and files. Three of them hold what must come of it:
// contact-records, agent-events and contact-events, each in the order of delivery. Other files are texts that the script
// uses. With -update the three are written; whoever does that reads them against the data model before committing.
//
// A line of a script is a command of package center by its name, with its fields:
//
//	+20s AcceptContact Contact=c1 Agent=ann
//	CreateUser User.Username=bob User.Phone.ACWLimit=30 User.RoutingProfile="Basic Routing Profile" User.SecurityProfiles=Agent
//	CreateFlow Flow.Name=main Flow.Type=CONTACT_FLOW Flow.State=ACTIVE Flow.Status=PUBLISHED Flow.Content=@main.json
//
// Ids are written as names: of users, queues, flows and so on, and c1, c2 … for contacts and p1, p2 … for external
// parties, in the order in which they begin. @name is
// the text of a file of the archive (or the id of the newest chat's @customer, or of an agent such as @ann in it), in which $name in braces stands for an id. Maps are k:v,k:v and lists a,b. Durations are Go's;
// a time is a span from now. closes=DialCustomer says that the command answers the oldest outstanding effect of that type.
//
// "+20s" or "10:00:05.250" at the beginning of a line lets time pass first, and everything that is due on the way happens.
// "!" before a command says that it must be refused. Besides commands there are:
//
//	center               an instance with a queue (BasicQueue), a number (+18005550199) whose flow goes there, a status Lunch,
//	                     and streams for contact records and agent events
//	agent NAME acw=30    a user who is logged in and Available; status=Lunch is another status, auto=true accepts by itself
//	restart              the program ends and begins anew on the same storage
//
// A script ends with every contact completed. Ids in documents are shown as names, and a member that is the same as before
// (the previous snapshot, the configuration) as "=".
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want := parseArchive(string(text))
			s := newStage(t, want.files)
			for line := range strings.Lines(want.script) {
				if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
					s.line(line)
				}
			}
			s.end()
			s.audit()
			got := archive{script: want.script}
			for _, f := range want.files {
				if !documentFile(f.name) {
					got.files = append(got.files, f)
				}
			}
			got.files = append(got.files, s.documents()...)
			switch out := got.format(); {
			case out == string(text):
			case *update:
				if err := os.WriteFile(file, []byte(out), 0o644); err != nil {
					t.Fatal(err)
				}
			default:
				t.Errorf("%s (-want +got; -update accepts it):\n%s", file, cmp.Diff(string(text), out))
			}
		})
	}
}
