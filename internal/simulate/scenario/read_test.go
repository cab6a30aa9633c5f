package scenario

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/scenario.schema.json")

// small is a file that says as little as it may.
const small = `name: small
agents:
  - name: agent
    count: 2
callers:
  perHour: 10
`

func TestDefaultsAreFilledIn(t *testing.T) {
	s, err := Read("small.yaml", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	want := &Scenario{
		Name: "small", Zone: "UTC", Begins: "2026-03-02T08:00", Lasts: Duration(time.Hour),
		Agents: []Group{{
			Name: "agent", Count: 2, Channels: Slots{Voice: 1, Chat: 2, Task: 2},
			Habits: Habits{
				Ring: Duration(4 * time.Second), Talk: Duration(3 * time.Minute), Wrap: Duration(30 * time.Second), HoldFor: Duration(30 * time.Second),
				Miss: 0.03, Reject: 0.01, Hold: 0.15,
			},
		}},
		Callers: Callers{PerHour: 10, Patience: Duration(2 * time.Minute), Answers: 0.7, Busy: 0.15},
	}
	if d := cmp.Diff(want, s); d != "" {
		t.Error(d)
	}
	zero, err := Read("small.yaml", []byte(small+"  patience: 90s\n  answers: 0\n"))
	if err != nil || zero.Callers.Answers != 0 || zero.Callers.Patience.D() != 90*time.Second {
		t.Errorf("%+v, %v", zero.Callers, err)
	}
}

// replaced returns the small file with one line in place of another.
func replaced(line, by string) string { return strings.Replace(small, line, by, 1) }

// wrongFiles are files with what must be said of them. Where the schema is said to see it too, it must.
var wrongFiles = []struct {
	name, file, want string
	schema           bool
}{
	{"empty", "", "f.yaml:1: the file is empty", false},
	{"no YAML", "name: [", "f.yaml:1: no YAML: ", false},
	{"two documents", small + "---\n" + small, "more than one document", false},
	{"no fields", "- name", "f.yaml:1: must be fields", true},
	{"missing", "name: x\n", "f.yaml:1: agents: is missing: who works there", true},
	{"unknown field", small + "weather: bad\n", "f.yaml:7: weather: no such field; there are name, description", true},
	{"unknown field below", replaced("count: 2", "count: 2\n    habits: {mis: 0.1}"), "f.yaml:5: agents[0].habits.mis: no such field; there are ring, talk, afterWork", true},
	{"twice", small + "name: other\n", "twice", false},
	{"no unit", small + "  patience: 90\n", `f.yaml:7: callers.patience: "90" is no length of time; write a number with its unit, such as 90s`, true},
	{"wrong unit", small + "  patience: 2 minutes\n", `f.yaml:7: callers.patience: "2 minutes" is no length of time`, true},
	{"too long", small + "  patience: 48h\n", "f.yaml:7: callers.patience: 48h is not from 1s to 24h", false},
	{"share in percent", replaced("count: 2", "count: 2\n    autoAccept: 50%"), `f.yaml:5: agents[0].autoAccept: "50%" is no number; a share is from 0 to 1`, true},
	{"share too large", replaced("count: 2", "count: 2\n    autoAccept: 50"), "agents[0].autoAccept: 50 is not from 0 to 1", true},
	{"no number", replaced("10", "many"), `f.yaml:6: callers.perHour: "many" is no number`, true},
	{"no whole number", replaced("count: 2", "count: 2.5"), `agents[0].count: "2.5" is no whole number`, true},
	{"too many", replaced("count: 2", "count: 50001"), "agents[0].count: 50001 is not from 1 to 50000", true},
	{"time of day", replaced("count: 2", "count: 2\n    shifts: [{from: 8am, to: \"17:00\"}]"), `agents[0].shifts[0].from: "8am" is no time of day; write it as "08:30"`, true},
	{"no list", "name: x\nagents: 5\ncallers: {perHour: 1}\n", "f.yaml:2: agents: must be a list", true},
	{"empty list", "name: x\nagents: []\ncallers: {perHour: 1}\n", "f.yaml:2: agents: is empty", true},
	{"no text", "name: 5\nagents: [{name: a, count: 1}]\ncallers: {perHour: 1}\n", `f.yaml:1: name: must be text; write it in quotes: "5"`, true},
	{"name", replaced("name: small", "name: a b"), `"a b" is no name`, true},
	{"zone", small + "zone: Nowhere/There\n", `zone: "Nowhere/There" is no time zone`, false},
	{"moment", small + "begins: tomorrow\n", `begins: "tomorrow" is no date and time of day`, true},
	{"anchor", replaced("count: 2", "count: &n 2"), "anchors and aliases are not read", false},
	{"unknown choice", small + "outages: [{what: meteor, at: \"08:10\", for: 5m}]\n", `"meteor" is not one of agents, number, flow, stream`, true},
	{"group name too long", replaced("name: agent", "name: agents-of-the-long-night"), "agents[0].name: is too long", false},
	{"unknown group", small + "outages: [{what: agents, at: \"08:10\", for: 5m, group: nobody}]\n", `outages[0].group: there is no "nobody"; there are agent`, false},
	{"what has no say", small + "outages: [{what: agents, at: \"08:10\", for: 5m, stream: agent-event}]\n", "outages[0].stream: says nothing when agents is out", false},
	{"which one", small + "outages: [{what: stream, at: \"08:10\", for: 5m}]\n", "outages[0].stream: is missing", false},
	{"too late", small + "surges: [{at: \"10:10\", for: 5m, factor: 2}]\n", "surges[0].at: 10:10 is not while contacts arrive", false},
	{"unknown queue", replaced("count: 2", "count: 2\n    queues: [{queue: gold}]"), `agents[0].queues[0].queue: there is no "gold", nor any other`, false},
	{"order", small + "  curve: [{at: \"10:00\", factor: 1}, {at: \"09:00\", factor: 1}]\n", "callers.curve[1].at: comes before", false},
	{"task with keys", small + "  intents: [{name: t, channel: task, keys: [\"1\"]}]\n", "callers.intents[0]: a task has no number, keys", false},
	{"dialled number of a task", small + "  intents: [{name: t, channel: fax}]\n", `"fax" is not one of voice, chat, task, outbound`, true},
	{"half an instance", small + "instance: {queues: [{name: q}]}\n", "instance: has either queues and flows", false},
	{"a flow that leads nowhere", small + "instance: {queues: [{name: q}], flows: [{name: f}]}\n", "instance.flows[0]: leads nowhere", false},
	{"a flow that is both", small + "instance: {queues: [{name: q}], flows: [{name: f, queue: q, content: {Version: x}}]}\n", "instance.flows[0].queue: goes with no content", false},
	{"a flow that cannot run", small + "instance: {queues: [{name: q}], flows: [{name: f, content: {Version: \"2019-10-30\", StartAction: a, Actions: [{Identifier: a, Type: Sing}]}}]}\n", "instance.flows[0].content: is no flow that can run", false},
	{"a flow that names what is not there", small + "instance: {queues: [{name: q}], flows: [{name: f, content: \"${queue:r}\"}]}\n", "names ${queue:r}, which is no queue", false},
	{"seconds", small + "instance: {queues: [{name: q}], flows: [{name: f, queue: q, callback: {after: 1500ms}}]}\n", "instance.flows[0].callback.after: must be whole seconds", false},
	{"two of a name", small + "instance: {queues: [{name: q}, {name: q}], flows: [{name: f, queue: q}]}\n", `instance.queues[1].name: "q" is there twice`, false},
}

func TestWhatIsWrongIsSaid(t *testing.T) {
	for _, x := range wrongFiles {
		t.Run(x.name, func(t *testing.T) {
			if _, err := Read("f.yaml", []byte(x.file)); err == nil || !strings.Contains(err.Error(), x.want) {
				t.Errorf("said %v\nwant %s", err, x.want)
			}
		})
	}
}

func TestAllIsSaidAtOnceUpToABound(t *testing.T) {
	var b strings.Builder
	b.WriteString(small)
	for i := range 2 * problemsMax {
		fmt.Fprintf(&b, "wrong%d: x\n", i)
	}
	_, err := Read("f.yaml", []byte(b.String()))
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != problemsMax+1 || lines[problemsMax] != fmt.Sprintf("f.yaml: and %d more", problemsMax) {
		t.Errorf("%d lines, the last one %q", len(lines), lines[len(lines)-1])
	}
	if _, err := Read("f.yaml", make([]byte, fileBytesMax+1)); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("a large file: %v", err)
	}
	deep := small + "instance: {queues: [{name: q}], flows: [{name: f, content: {a: " + strings.Repeat("[", contentDepth+1) + strings.Repeat("]", contentDepth+1) + "}}]}\n"
	if _, err := Read("f.yaml", []byte(deep)); err == nil || !strings.Contains(err.Error(), "levels are not read") {
		t.Errorf("a deep flow: %v", err)
	}
}

func TestFlowsThatAreMadeCanRun(t *testing.T) {
	file := small + `
instance:
  hours: [{name: office, from: "08:00", to: "18:00"}]
  queues: [{name: q, hours: office, limit: 5, number: "+18005550100"}, {name: r}]
  flows:
    - name: all
      say: Hello.
      menu: {prompt: "Which?", options: [{key: "1", queue: q}, {key: "*", queue: r}]}
      callback: {after: 20s, delay: 1m, attempts: 2}
    - {name: closed, queue: q, closed: Come back tomorrow.}
    - name: own
      content:
        Version: "2019-10-30"
        StartAction: a
        Metadata: {}
        Actions:
          - {Identifier: a, Type: TransferToFlow, Parameters: {ContactFlowId: "${flow:all}"}, Transitions: {NextAction: b, Errors: [{NextAction: b, ErrorType: NoMatchingError}]}}
          - {Identifier: b, Type: DisconnectParticipant, Parameters: {}, Transitions: {}}
  numbers: [{number: "+18005550100", flow: own}]
`
	s, err := Read("f.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	if made := s.Instance.Flows[0].Flows(); len(made) != 2 || made[0].Type != "CUSTOMER_QUEUE" || made[1].Name != "all" {
		t.Errorf("made %+v", made)
	}
}

func FuzzReadNeverPanics(f *testing.F) {
	for _, x := range wrongFiles {
		f.Add([]byte(x.file))
	}
	all, err := Library()
	if err != nil {
		f.Fatal(err)
	}
	for _, r := range all {
		f.Add(r.Content)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := Read("f.yaml", b); err == nil && (s == nil || s.Start().IsZero()) {
			t.Errorf("read as %+v", s)
		}
	})
}

const schemaFile = "../../../docs/scenario.schema.json"

func TestTheSchemaIsPublished(t *testing.T) {
	if *update {
		if err := os.WriteFile(schemaFile, Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(schemaFile)
	if err != nil || !bytes.Equal(b, Schema()) {
		t.Errorf("%s is not what hookswitch scenario schema prints (%v): go test ./internal/simulate/scenario -update", schemaFile, err)
	}
}

// validate is a program for Python's jsonschema: which of the files are what the schema asks for. It reads YAML as JSON.
const validate = `
import json, sys
from jsonschema import Draft202012Validator
schema = json.load(open(sys.argv[1]))
Draft202012Validator.check_schema(schema)
v = Draft202012Validator(schema)
for f in sys.argv[2:]:
    errors = sorted(v.iter_errors(json.load(open(f))), key=str)
    print("bad" if errors else "good", f, errors[0].message[:200] if errors else "")
`

// TestTheSchemaSaysWhatTheReaderSays asks a validator of JSON Schema, which did not come from us: the library is good, and
// what the reader refuses is bad as far as a schema can tell.
func TestTheSchemaSaysWhatTheReaderSays(t *testing.T) {
	if err := exec.Command("python3", "-c", "import jsonschema").Run(); err != nil {
		t.Skip("python3 has no jsonschema")
	}
	dir := t.TempDir()
	args := []string{"-c", validate, filepath.Join(dir, "schema.json")}
	if err := os.WriteFile(args[2], Schema(), 0o644); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	add := func(name, verdict string, content []byte) {
		file := filepath.Join(dir, fmt.Sprintf("%d.json", len(want)))
		if err := os.WriteFile(file, asJSON(t, content), 0o644); err != nil {
			t.Fatal(err)
		}
		args, want[file] = append(args, file), verdict+" "+name
	}
	all, err := Library()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		add(r.File, "good", r.Content)
	}
	add("small", "good", []byte(small))
	for _, x := range wrongFiles {
		if x.schema {
			add(x.name, "bad", []byte(x.file))
		}
	}
	out, err := exec.Command("python3", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d verdicts on %d files: %s", len(lines), len(want), out)
	}
	for _, line := range lines {
		parts := strings.SplitN(line, " ", 3)
		if !strings.HasPrefix(want[parts[1]], parts[0]+" ") {
			t.Errorf("want %s, the validator says %s", want[parts[1]], line)
		}
	}
}

// asJSON writes YAML as the JSON that editors see in it.
func asJSON(t *testing.T, content []byte) []byte {
	t.Helper()
	r := &reader{}
	n := parse(t, content)
	b, err := json.Marshal(r.plain("", n, 0))
	if err != nil || len(r.problems) > 0 {
		t.Fatalf("%s: %v %v", content, err, r.problems)
	}
	return b
}
