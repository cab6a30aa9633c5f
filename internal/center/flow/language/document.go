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
	texts       map[string]string            // the parameters that are strings
	objects     map[string]map[string]string // the parameters that are objects of strings
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
	Type   string // of flow that it must be; empty: any
}

// Types returns the types of flow there are. Modules are none of them.
func Types() []string {
	return []string{contactFlow, customerQueue, customerHold, customerWhisper, agentHold, agentWhisper, outboundWhisper, agentTransfer, queueTransfer}
}

// Parse reads the content of a flow and checks all of it. The error is a *center.Refused with the Reason Invalid; its
// Detail names the action that is at fault.
func Parse(typ, content string) (*Document, error) {
	if !slices.Contains(Types(), typ) && typ != module {
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
		d.Actions[i].prepare()
	}
	return d, nil
}

// prepare reads the parameters of common shapes, so that running needs not.
func (a *Action) prepare() {
	for name, raw := range a.Parameters {
		switch {
		case len(raw) == 0:
		case raw[0] == '"':
			if s, ok := str(raw); ok {
				a.texts = with(a.texts, name, s)
			}
		case raw[0] == '{':
			var m map[string]string
			if json.Unmarshal(raw, &m) == nil {
				a.objects = with(a.objects, name, m)
			}
		}
	}
}

func with[V any](m map[string]V, k string, v V) map[string]V {
	if m == nil {
		m = map[string]V{}
	}
	m[k] = v
	return m
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
	add := func(a *Action, kind center.Kind, v, typ string) {
		if v != "" && !IsPath(v) {
			out = append(out, Reference{Action: a.Identifier, Kind: kind, ID: ResourceID(v), Type: typ})
		}
	}
	for i := range d.Actions {
		a := &d.Actions[i]
		add(a, center.KindQueue, a.Text("QueueId"), "")
		add(a, center.KindUser, a.Text("AgentId"), "")
		add(a, center.KindHours, a.Text("HoursOfOperationId"), "")
		add(a, center.KindModule, a.Text("FlowModuleId"), module)
		add(a, center.KindFlow, a.Text("ContactFlowId"), "")
		for occasion, v := range a.Texts("EventHooks") { // there is one
			add(a, center.KindFlow, v, TypeOn(center.FlowOccasion(occasion)))
		}
	}
	return out
}

// Text returns a parameter that is a string; "" when it is absent or something else.
func (a *Action) Text(name string) string { return a.texts[name] }

// Texts returns a parameter that is an object of strings; nil when it is absent or something else. It must not be changed.
func (a *Action) Texts(name string) map[string]string { return a.objects[name] }

// Integer returns a parameter that is a whole number, written as a number or, as the console does, as a string.
func (a *Action) Integer(name string) (n int, ok bool) { return integer(a.Parameters[name]) }

func integer(raw json.RawMessage) (n int, ok bool) {
	if s, isText := str(raw); isText {
		raw = json.RawMessage(s)
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
