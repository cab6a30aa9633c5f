package connect

import (
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func flowFields() map[string]field[center.Flow] {
	return usualFields(func(f *center.Flow) string { return f.Name }, func(f *center.Flow) string { return f.Description }, func(f *center.Flow) string { return string(f.ID) })
}

// flowHolds is what a node of the criteria of flows and modules says besides a text; nil: nothing.
func flowHolds(typ, state, status *string) holds[center.Flow] {
	return func(f *center.Flow) bool {
		return (typ == nil || f.Type == *typ) && (state == nil || f.State == *state) && (status == nil || f.Status == *status)
	}
}

// flowFilter turns a filter of flows into a question. Only one of its members can be populated.
func flowFilter(f *connectapi.ContactFlowAttributeFilter) (holds[center.Flow], error) {
	if f == nil {
		return nil, nil
	}
	any, populated, tags := f.OrConditions, 0, 0
	if f.OrConditions != nil {
		populated++
	}
	if f.AndCondition != nil {
		any = []connectapi.ContactFlowAttributeAndCondition{*f.AndCondition}
		populated++
	}
	if f.TagCondition != nil {
		any = []connectapi.ContactFlowAttributeAndCondition{{TagConditions: []connectapi.TagCondition{*f.TagCondition}}}
		populated++
	}
	if f.ContactFlowTypeCondition != nil {
		any = []connectapi.ContactFlowAttributeAndCondition{{ContactFlowTypeCondition: f.ContactFlowTypeCondition}}
		populated++
	}
	for _, c := range any {
		tags += len(c.TagConditions)
	}
	if populated > 1 || tags > filterTagsMax {
		return nil, invalidParameter("FlowAttributeFilter: only one member can be populated, with at most %d tag conditions", filterTagsMax)
	}
	return func(v *center.Flow) bool {
		return len(any) == 0 || slices.ContainsFunc(any, func(c connectapi.ContactFlowAttributeAndCondition) bool {
			return hasTags(v.Tags, c.TagConditions) && (c.ContactFlowTypeCondition == nil || v.Type == value(c.ContactFlowTypeCondition.ContactFlowType))
		})
	}, nil
}
