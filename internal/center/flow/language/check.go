package language

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// identifierMax is how long an identifier may be, in characters (documented).
const identifierMax = 50

// notInIdentifier are the characters that identifiers must not have, and reserved what they must not be (documented).
const notInIdentifier = `%:(\/)=$,;[]{}`

var reserved = [...]string{
	"__proto__", "constructor", "__defineGetter__", "__defineSetter__", "toString", "hasOwnProperty", "isPrototypeOf",
	"propertyIsEnumerable", "toLocaleString", "valueOf",
}

// check holds a whole document against the blocks.
func check(typ string, d *Document) error {
	if d.Action(d.StartAction) == nil {
		return refuse("starts with action %q, which does not exist", d.StartAction)
	}
	for i := range d.Actions {
		a := &d.Actions[i]
		if wrong := wrongIdentifier(a.Identifier); wrong != "" {
			return refuse("has an action whose identifier %q %s", a.Identifier, wrong)
		}
		b, ok := known[a.Type]
		if !ok {
			return refuse("has action %q of type %q, which is not supported", a.Identifier, a.Type)
		}
		if !slices.Contains(b.flows, typ) {
			return refuse("has action %q of type %s, which is not supported in a flow of type %s", a.Identifier, a.Type, typ)
		}
		if wrong := b.wrong(d, a); wrong != "" {
			return refuse("has action %q of type %s, which %s", a.Identifier, a.Type, wrong)
		}
	}
	return nil
}

func wrongIdentifier(id string) string {
	switch {
	case id == "" || utf8.RuneCountInString(id) > identifierMax:
		return "must have 1 to " + strconv.Itoa(identifierMax) + " characters"
	case strings.ContainsAny(id, notInIdentifier):
		return "must have none of " + notInIdentifier
	case slices.Contains(reserved[:], id):
		return "is reserved"
	}
	return ""
}

// wrong says what is wrong with an action, or "".
func (b block) wrong(d *Document, a *Action) string {
	for _, name := range slices.Sorted(maps.Keys(a.Parameters)) {
		checkOne, ok := b.parameters[name]
		if !ok {
			return "has the parameter " + quoted(name) + ", which is not supported"
		}
		if wrong := checkOne(a.Parameters[name]); wrong != "" {
			return "has the parameter " + name + " that " + wrong
		}
	}
	if b.rule != nil {
		if wrong := b.rule(a); wrong != "" {
			return wrong
		}
	}
	return b.wrongTransitions(d, a)
}

func (b block) wrongTransitions(d *Document, a *Action) string {
	t := a.Transitions
	switch {
	case b.next == nextNone && t.NextAction != "":
		return "ends the flow and cannot have a NextAction"
	case b.next == nextRequired && t.NextAction == "":
		return "needs a NextAction"
	case t.NextAction != "" && d.Action(t.NextAction) == nil:
		return "leads to action " + quoted(t.NextAction) + ", which does not exist"
	}
	for i, e := range t.Errors {
		if !slices.Contains(b.errors, e.ErrorType) {
			return "has a branch for the error " + quoted(e.ErrorType) + ", which it does not have"
		}
		if slices.ContainsFunc(t.Errors[:i], func(o ErrorBranch) bool { return o.ErrorType == e.ErrorType }) {
			return "has two branches for the error " + e.ErrorType
		}
		if d.Action(e.NextAction) == nil {
			return "leads to action " + quoted(e.NextAction) + ", which does not exist"
		}
	}
	for _, c := range t.Conditions {
		if d.Action(c.NextAction) == nil {
			return "leads to action " + quoted(c.NextAction) + ", which does not exist"
		}
	}
	if b.conditions != nil {
		return b.conditions(a)
	}
	if len(t.Conditions) > 0 {
		return "cannot have conditions"
	}
	return ""
}

func quoted(s string) string { return strconv.Quote(s) }
