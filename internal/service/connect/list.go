package connect

import (
	"context"
	"maps"
	"slices"

	"github.com/hookswitch/hookswitch/internal/center"
)

// listed is one page of a list of resources: those of all that come next, as show shows them. All must be sorted by key.
func listed[T, S any](operation string, all []T, key func(T) string, token *string, most *int32, show func(T) S) ([]S, *string, error) {
	part, next, err := page(operation, all, key, token, most, usualPage, mostOnPage)
	return mapped(part, show), next, err
}

// listedOf is one page, sorted by id, of the resources in one of a directory's maps: those that keep keeps; nil: all.
func listedOf[K ~string, V, S any](operation string, m map[K]V, keep func(*V) bool, token *string, most *int32, show func(V) S) ([]S, *string, error) {
	return listed(operation, idsOf(m, keep), asText, token, most, func(id K) S { return show(m[id]) })
}

// idsOf returns the sorted ids of the resources in a map that keep keeps; nil: of all. Resources are large, and are not
// copied but for one at a time.
func idsOf[K ~string, V any](m map[K]V, keep func(*V) bool) []K {
	if keep == nil {
		return slices.Sorted(maps.Keys(m))
	}
	var ids []K
	one := new(V)
	for id, v := range m {
		if *one = v; keep(one) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// found returns the resource that a member names by id or ARN.
func found[K ~string, V any](m map[K]V, kind center.Kind, member *string) (V, error) {
	v, ok := m[id[K](member)]
	if !ok {
		return v, notFound(kind, value(member))
	}
	return v, nil
}

// created sends a command that makes something, and returns the event that says what it made.
func created[E center.Event](ctx context.Context, s *Service, instance *string, cmd center.Command) (inst center.Instance, e E, err error) {
	inst, step, err := s.submit(ctx, instance, cmd)
	if err != nil {
		return inst, e, err
	}
	e, err = saved[E](step)
	return inst, e, err
}

// idsIn takes ids out of members that may hold ids or ARNs.
func idsIn[T ~string](members []string) []T {
	return mapped(members, func(m string) T { return T(bare(m)) })
}

func self[T any](v T) T { return v }

func asText[T ~string](v T) string { return string(v) }
