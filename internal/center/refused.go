package center

import "fmt"

// Reason says why a command was refused, in the few ways that callers tell apart.
type Reason string

// The reasons. Services translate them into the errors of their API.
const (
	NotFound  Reason = "not found"           // Kind and ID name what is missing
	Duplicate Reason = "duplicate"           // a resource of that name exists already
	InUse     Reason = "in use"              // something still refers to the resource
	Invalid   Reason = "invalid"             // Field names what cannot be honoured
	Conflict  Reason = "conflict"            // the state of the resource forbids it now
	Limit     Reason = "limit exceeded"      // a quota of the instance is reached
	Repeated  Reason = "repeated"            // the client token was used before: ID is what it led to then
	Deleted   Reason = "instance is deleted" // nothing is taken any more
)

// Refused is why a command was refused. Nothing has changed.
type Refused struct {
	Reason Reason
	Kind   Kind   // of the resource, if it is about one
	ID     string // of the resource
	Field  string // what part of the command cannot be honoured, in the API's spelling
	Detail string // for people
}

// Error words the refusal for people.
func (r *Refused) Error() string {
	s := string(r.Reason)
	if r.Kind != "" {
		s = fmt.Sprintf("%s %q: %s", r.Kind, r.ID, s)
	}
	if r.Field != "" {
		s += " " + r.Field
	}
	if r.Detail != "" {
		s += ": " + r.Detail
	}
	return s
}
