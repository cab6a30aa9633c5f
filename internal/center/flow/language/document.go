package language

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Version is the only version of the language there is.
const Version = "2019-10-30"

// contentMax is how long a flow may be (API model: 256000 characters).
const contentMax = 256_000

// Document is a flow.
type Document struct {
	StartAction string
	Actions     []Action
	at          map[string]int
}

// Action is one step of a flow. Actions are called blocks when people draw them.
type Action struct {
	Identifier  string
	Type        string
	Parameters  map[string]json.RawMessage
	Transitions Transitions
}

// Transitions say what comes after an action.
type Transitions struct {
	NextAction string
	Errors     []ErrorBranch
	Conditions []ConditionBranch
}

// ErrorBranch leads on after an error.
type ErrorBranch struct {
	NextAction string
	ErrorType  string
}

// ConditionBranch leads on when the action's result meets a condition.
type ConditionBranch struct {
	NextAction string
	Condition  Condition
}

// Condition compares the result of an action with a value.
type Condition struct {
	Operator string
	Operands []string
}

// Reference is a resource that an action names literally.
type Reference struct {
	Action string // identifier
	Kind   center.Kind
	ID     string
}

// Types returns the types of flow there are.
func Types() []string {
	return []string{contactFlow, customerQueue, customerHold, customerWhisper, agentHold, agentWhisper, outboundWhisper, agentTransfer, queueTransfer}
}

// Parse reads the content of a flow and checks all of it. The error is a *center.Refused with the Reason Invalid; its
// Detail names the action that is at fault.
func Parse(typ, content string) (*Document, error) {
	if !slices.Contains(Types(), typ) {
		return nil, &center.Refused{Reason: center.Invalid, Field: "Type", Detail: fmt.Sprintf("%q is not supported", typ)}
	}
	d, err := decode(content, true)
	if err != nil {
		return nil, err
	}
	return d, check(typ, d)
}

// Decode reads content that was parsed before; it checks no more than it needs to. It returns nil when the content is no
// flow at all.
func Decode(content string) *Document {
	d, err := decode(content, false)
	if err != nil {
		return nil
	}
	return d
}

// CheckSaved refuses what cannot even be kept as a draft: anything but a JSON object.
func CheckSaved(content string) error {
	if err := checkText(content); err != nil {
		return err
	}
	var o map[string]json.RawMessage
	if json.Unmarshal([]byte(content), &o) != nil || o == nil {
		return refuse("is not a JSON object")
	}
	return nil
}

func decode(content string, strict bool) (*Document, error) {
	if err := checkText(content); err != nil {
		return nil, err
	}
	var raw struct {
		Version     string
		StartAction string
		Metadata    json.RawMessage
		Actions     []Action
	}
	dec := json.NewDecoder(strings.NewReader(content))
	if strict {
		dec.DisallowUnknownFields()
	}
	if err := dec.Decode(&raw); err != nil {
		return nil, refuse("is not a flow: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if strings.Trim(content[dec.InputOffset():], " \t\r\n") != "" {
		return nil, refuse("has something after the flow")
	}
	if raw.Version != Version {
		return nil, refuse("has version %q, not %s", raw.Version, Version)
	}
	d := &Document{StartAction: raw.StartAction, Actions: raw.Actions, at: make(map[string]int, len(raw.Actions))}
	for i := range d.Actions {
		id := d.Actions[i].Identifier
		if _, twice := d.at[id]; twice && strict {
			return nil, refuse("has two actions %q", id)
		}
		d.at[id] = i
	}
	return d, nil
}

func checkText(content string) error {
	if content == "" || utf8.RuneCountInString(content) > contentMax {
		return refuse("must have 1 to %d characters", contentMax)
	}
	if !utf8.ValidString(content) {
		return refuse("must be valid UTF-8")
	}
	return nil
}

// Action returns an action by its identifier, or nil.
func (d *Document) Action(id string) *Action {
	i, ok := d.at[id]
	if !ok {
		return nil
	}
	return &d.Actions[i]
}

// References returns the resources that the flow names literally.
func (d *Document) References() []Reference {
	var out []Reference
	for i := range d.Actions {
		a := &d.Actions[i]
		for _, p := range []struct {
			name string
			kind center.Kind
		}{{"QueueId", center.KindQueue}, {"AgentId", center.KindUser}, {"HoursOfOperationId", center.KindHours}} {
			if v := a.Text(p.name); v != "" && !IsPath(v) {
				out = append(out, Reference{Action: a.Identifier, Kind: p.kind, ID: ResourceID(v)})
			}
		}
	}
	return out
}

// Text returns a parameter that is a string; "" when it is absent or something else.
func (a *Action) Text(name string) string {
	var s string
	if json.Unmarshal(a.Parameters[name], &s) != nil {
		return ""
	}
	return s
}

// Texts returns a parameter that is an object of strings; nil when it is absent or something else.
func (a *Action) Texts(name string) map[string]string {
	var m map[string]string
	if json.Unmarshal(a.Parameters[name], &m) != nil {
		return nil
	}
	return m
}

// Integer returns a parameter that is a whole number, written as a number or, as the console does, as a string.
func (a *Action) Integer(name string) (n int, ok bool) {
	raw := a.Parameters[name]
	if len(raw) > 0 && raw[0] == '"' {
		raw = json.RawMessage(a.Text(name))
	}
	if len(raw) == 0 || raw[0] == 'n' || json.Unmarshal(raw, &n) != nil {
		return 0, false
	}
	return n, true
}

// ResourceID returns the id in an id or ARN.
func ResourceID(s string) string {
	return s[strings.LastIndexByte(s, '/')+1:]
}

func refuse(format string, args ...any) error {
	return &center.Refused{Reason: center.Invalid, Field: "Content", Detail: "the flow " + fmt.Sprintf(format, args...)}
}
