package connect

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

// searchResourceTags lists the tags that resources have, each pair of key and value once.
func (s *Service) searchResourceTags(ctx context.Context, in *connectapi.SearchResourceTagsInput) (*connectapi.SearchResourceTagsOutput, error) {
	wanted, err := tagSearch(in.SearchCriteria)
	if err != nil {
		return nil, err
	}
	out := &connectapi.SearchResourceTagsOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) error {
		kinds := tagsOfKinds(d)
		types := in.ResourceTypes
		if len(types) == 0 {
			types = slices.Collect(maps.Keys(kinds))
		}
		found := map[string]connectapi.TagSet{}
		for _, t := range types {
			each, ok := kinds[t]
			if !ok {
				return invalidParameter("ResourceTypes: %q is not supported", t)
			}
			each(func(tags map[string]string) {
				for k, v := range tags {
					if wanted(k, v) {
						found[k+"\x00"+v] = connectapi.TagSet{Key: ptr(k), Value: ptr(v)}
					}
				}
			})
		}
		key := func(t connectapi.TagSet) string { return *t.Key + "\x00" + *t.Value }
		all := slices.SortedFunc(maps.Values(found), func(a, b connectapi.TagSet) int { return strings.Compare(key(a), key(b)) })
		var err error
		out.Tags, out.NextToken, err = listed("SearchResourceTags", all, key, in.NextToken, in.MaxResults, self)
		return err
	})
}

// tagSearch turns the criteria into a question about one tag. What they do not say is not asked.
func tagSearch(c *connectapi.ResourceTagsSearchCriteria) (func(key, value string) bool, error) {
	keys, values := func(string) bool { return true }, func(string) bool { return true }
	if c == nil || c.TagSearchCondition == nil {
		return func(_, _ string) bool { return true }, nil
	}
	var err error
	t := c.TagSearchCondition
	if t.TagKey != nil {
		if keys, err = comparison(t.TagKeyComparisonType, *t.TagKey); err != nil {
			return nil, err
		}
	}
	if t.TagValue != nil {
		if values, err = comparison(t.TagValueComparisonType, *t.TagValue); err != nil {
			return nil, err
		}
	}
	return func(k, v string) bool { return keys(k) && values(v) }, nil
}

// tagsOfKinds visits the tags of all resources of a type, as the API spells it.
func tagsOfKinds(d *directory.Directory) map[string]func(visit func(map[string]string)) {
	return map[string]func(func(map[string]string)){
		"agent":                eachTags(d.Users, func(v center.User) map[string]string { return v.Tags }),
		"agent-state":          eachTags(d.Statuses, func(v center.AgentStatus) map[string]string { return v.Tags }),
		"routing-profile":      eachTags(d.Profiles, func(v center.RoutingProfile) map[string]string { return v.Tags }),
		"standard-queue":       eachTags(d.Queues, func(v center.Queue) map[string]string { return v.Tags }), // agents' queues have none
		"security-profile":     eachTags(d.Security, func(v center.SecurityProfile) map[string]string { return v.Tags }),
		"operating-hours":      eachTags(d.Hours, func(v center.Hours) map[string]string { return v.Tags }),
		"prompt":               eachTags(d.Prompts, func(v center.Prompt) map[string]string { return v.Tags }),
		"contact-flow":         eachTags(d.Flows, func(v center.Flow) map[string]string { return v.Tags }),
		"flow-module":          eachTags(d.Modules, func(v center.Flow) map[string]string { return v.Tags }),
		"transfer-destination": eachTags(d.Connects, func(v center.QuickConnect) map[string]string { return v.Tags }),
	}
}

func eachTags[K comparable, V any](m map[K]V, tags func(V) map[string]string) func(func(map[string]string)) {
	return func(visit func(map[string]string)) {
		for _, v := range m {
			visit(tags(v))
		}
	}
}
