package machine

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/internal/center"
)

// readFlow reads a flow of testdata/flows. A line is an action: its identifier, a colon, its type and, if it has any, its
// parameters as JSON; then its transitions, each after a bar: "-> next", "!Error -> next", "Operator operand -> next". The
// first action starts. {queue Name}, {flow name}, {module name} and {agent name} stand for ids.
func (w *world) readFlow(name string) (string, error) {
	b, err := os.ReadFile(filepath.Join("testdata", "flows", name+".flow"))
	if err != nil {
		return "", err
	}
	type object = map[string]any
	text := w.withIDs(string(b))
	var actions []object
	start := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		parts := strings.Split(line, " | ")
		id, rest, ok := strings.Cut(parts[0], ": ")
		if !ok {
			return "", fmt.Errorf("%s: %q has no identifier", name, line)
		}
		typ, parameters, _ := strings.Cut(rest, " ")
		if parameters == "" {
			parameters = "{}"
		}
		if !json.Valid([]byte(parameters)) {
			return "", fmt.Errorf("%s: %s", name, parameters)
		}
		var next string
		var failures, conditions []object
		for _, p := range parts[1:] {
			when, to, _ := strings.Cut(strings.TrimSpace(p), "-> ")
			when = strings.TrimSpace(when)
			switch operator, operand, _ := strings.Cut(when, " "); {
			case when == "":
				next = to
			case when[0] == '!':
				failures = append(failures, object{"NextAction": to, "ErrorType": when[1:]})
			default:
				conditions = append(conditions, object{"NextAction": to, "Condition": object{"Operator": operator, "Operands": []string{operand}}})
			}
		}
		if start == "" {
			start = id
		}
		actions = append(actions, object{"Identifier": id, "Type": typ, "Parameters": json.RawMessage(parameters),
			"Transitions": object{"NextAction": next, "Errors": failures, "Conditions": conditions}})
	}
	out, err := json.Marshal(object{"Version": "2019-10-30", "StartAction": start, "Actions": actions})
	return string(out), err
}

var placeholder = regexp.MustCompile(`\{(queue|flow|module|agent) ([^}]+)\}`)

func (w *world) withIDs(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(s string) string {
		m := placeholder.FindStringSubmatch(s)
		switch m[1] {
		case "queue":
			return string(w.queue(m[2]))
		case "flow":
			return string(w.flow(m[2]))
		case "module":
			f, _ := byName(w.m.state.Directory.Modules, m[2], func(f center.Flow) string { return f.Name })
			return string(f.ID)
		}
		return string(w.agent(m[2]))
	})
}

// flowOf reads a flow of testdata/flows as a resource: type=…, by default that of inbound flows.
func (w *world) flowOf(t testing.TB, name, typ string) center.Flow {
	t.Helper()
	content, err := w.readFlow(name)
	if err != nil {
		t.Fatal(err)
	}
	if typ == "" {
		typ = "CONTACT_FLOW"
	}
	return center.Flow{Name: name, Type: typ, State: "ACTIVE", Status: "PUBLISHED", Content: content}
}
