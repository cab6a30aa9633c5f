package directory

import (
	"fmt"
	"unicode/utf8"

	"github.com/hookswitch/hookswitch/internal/center"
)

func invalid(field, format string, args ...any) *center.Refused {
	return &center.Refused{Reason: center.Invalid, Field: field, Detail: fmt.Sprintf(format, args...)}
}

func notFound[ID ~string](k center.Kind, id ID) *center.Refused {
	return &center.Refused{Reason: center.NotFound, Kind: k, ID: string(id)}
}

func inUse[ID ~string](k center.Kind, id ID, format string, args ...any) *center.Refused {
	return &center.Refused{Reason: center.InUse, Kind: k, ID: string(id), Detail: fmt.Sprintf(format, args...)}
}

func limit(k center.Kind, most int) *center.Refused {
	return &center.Refused{Reason: center.Limit, Kind: k, Detail: fmt.Sprintf("an instance has at most %d", most)}
}

// find returns a resource that a command names, or refuses the command.
func find[ID ~string, V any](m map[ID]V, k center.Kind, id ID) (V, error) {
	v, ok := m[id]
	if !ok {
		return v, notFound(k, id)
	}
	return v, nil
}

// deleted deletes a resource that nothing depends on.
func deleted[ID ~string, V any](m map[ID]V, k center.Kind, id ID) ([]center.Event, error) {
	if _, err := find(m, k, id); err != nil {
		return nil, err
	}
	return []center.Event{center.ResourceDeleted{Kind: k, ID: string(id)}}, nil
}

// unique refuses a name that another resource of the kind has.
func unique[ID ~string, V any](m map[ID]V, k center.Kind, self ID, name string, nameOf func(V) string) error {
	for id, v := range m {
		if id != self && nameOf(v) == name {
			return &center.Refused{Reason: center.Duplicate, Kind: k, ID: string(id), Field: "Name", Detail: "the name is taken"}
		}
	}
	return nil
}

// text refuses what is not valid UTF-8 of a length between low and high characters.
func text(field, v string, low, high int) error {
	if !utf8.ValidString(v) {
		return invalid(field, "must be valid UTF-8")
	}
	if n := utf8.RuneCountInString(v); n < low || n > high {
		return invalid(field, "must have %d to %d characters", low, high)
	}
	return nil
}

// first returns the first error there is.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// set puts a new value in place of an old one, if there is a new one.
func set[T any](to *T, v *T) {
	if v != nil {
		*to = *v
	}
}
