package connect

import (
	"maps"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func userFields() map[string]field[center.User] {
	return map[string]field[center.User]{
		"username":         text(func(u *center.User) string { return u.Username }),
		"firstname":        text(func(u *center.User) string { return u.FirstName }),
		"lastname":         text(func(u *center.User) string { return u.LastName }),
		"routingprofileid": text(func(u *center.User) string { return string(u.RoutingProfile) }),
		"securityprofileid": func(u *center.User, fits func(string) bool) bool {
			return slices.ContainsFunc(u.SecurityProfiles, func(p center.SecurityProfileID) bool { return fits(string(p)) })
		},
		"resourceid": text(func(u *center.User) string { return string(u.ID) }),
	}
}

// userHolds is what a node of the criteria of users says about their hierarchy group and proficiencies.
func userHolds(d *directory.Directory, c *connectapi.UserSearchCriteria) (holds[center.User], error) {
	group, err := groupHolds(d, c.HierarchyGroupCondition)
	if err != nil {
		return nil, err
	}
	skilled, err := proficiencyHolds(c.ListCondition)
	if err != nil {
		return nil, err
	}
	return func(u *center.User) bool { return group(u) && skilled(u) }, nil
}

func groupHolds(d *directory.Directory, c *connectapi.HierarchyGroupCondition) (holds[center.User], error) {
	if c == nil {
		return func(*center.User) bool { return true }, nil
	}
	group := id[center.HierarchyGroupID](c.Value)
	switch value(c.HierarchyGroupMatchType) {
	case connectapi.HierarchyGroupMatchTypeExact:
		return func(u *center.User) bool { return u.Group == group }, nil
	case connectapi.HierarchyGroupMatchTypeWithChildGroups:
		return func(u *center.User) bool {
			return slices.ContainsFunc(d.HierarchyPath(u.Group), func(g center.HierarchyGroup) bool { return g.ID == group })
		}, nil
	}
	return nil, invalidParameter("HierarchyGroupMatchType: must be EXACT or WITH_CHILD_GROUPS")
}

// proficiencyHolds asks for one proficiency that meets all conditions: about its name, its value and its level, which the
// API calls limit here.
func proficiencyHolds(c *connectapi.ListCondition) (holds[center.User], error) {
	if c == nil {
		return func(*center.User) bool { return true }, nil
	}
	if value(c.TargetListType) != connectapi.TargetListTypeProficiencies {
		return nil, invalidParameter("TargetListType: must be PROFICIENCIES")
	}
	if len(c.Conditions) > conditionsMax {
		return nil, invalidParameter("Conditions: must be at most %d", conditionsMax)
	}
	kind := searched[connectapi.Condition, center.Proficiency]{fields: map[string]field[center.Proficiency]{
		"name":  text(func(p *center.Proficiency) string { return p.Attribute }),
		"value": text(func(p *center.Proficiency) string { return p.Value }),
	}}
	var all []holds[center.Proficiency]
	for _, c := range c.Conditions {
		if c.StringCondition != nil {
			h, err := kind.text(c.StringCondition)
			if err != nil {
				return nil, err
			}
			all = append(all, h)
		}
		if c.NumberCondition != nil {
			h, err := numberHolds(c.NumberCondition)
			if err != nil {
				return nil, err
			}
			all = append(all, func(p *center.Proficiency) bool { return h(p.Level) })
		}
	}
	return func(u *center.User) bool {
		return slices.ContainsFunc(u.Proficiencies, func(p center.Proficiency) bool {
			return !slices.ContainsFunc(all, func(h holds[center.Proficiency]) bool { return !h(&p) })
		})
	}, nil
}

// numberHolds compares with the minimum or the maximum, whichever the comparison is about; where there is one number it
// may be either.
func numberHolds(c *connectapi.NumberCondition) (func(float64) bool, error) {
	if f := value(c.FieldName); f != "limit" {
		return nil, invalidParameter("FieldName: %q cannot be searched by", f)
	}
	low, high := c.MinValue, c.MaxValue
	if value(c.ComparisonType) != connectapi.NumberComparisonTypeRange {
		if low == nil {
			low = high
		}
		high = low
	}
	if low == nil || high == nil {
		return nil, invalidParameter("NumberCondition: MinValue or MaxValue must be given, and both with RANGE")
	}
	from, to := float64(*low), float64(*high)
	switch value(c.ComparisonType) {
	case connectapi.NumberComparisonTypeGreaterOrEqual:
		return func(n float64) bool { return n >= from }, nil
	case connectapi.NumberComparisonTypeGreater:
		return func(n float64) bool { return n > from }, nil
	case connectapi.NumberComparisonTypeLesserOrEqual:
		return func(n float64) bool { return n <= from }, nil
	case connectapi.NumberComparisonTypeLesser:
		return func(n float64) bool { return n < from }, nil
	case connectapi.NumberComparisonTypeEqual:
		return func(n float64) bool { return n == from }, nil
	case connectapi.NumberComparisonTypeNotEqual:
		return func(n float64) bool { return n != from }, nil
	case connectapi.NumberComparisonTypeRange:
		return func(n float64) bool { return n >= from && n <= to }, nil
	}
	return nil, invalidParameter("ComparisonType: is unknown")
}

// userFilter turns a filter of users into a question. Only one of its members can be populated (documented).
func userFilter(d *directory.Directory, f *connectapi.ControlPlaneUserAttributeFilter) (holds[center.User], error) {
	if f == nil {
		return func(*center.User) bool { return true }, nil
	}
	any, populated := f.OrConditions, 0
	if f.OrConditions != nil {
		populated++
	}
	if f.AndCondition != nil {
		any = []connectapi.AttributeAndCondition{*f.AndCondition}
		populated++
	}
	if f.TagCondition != nil {
		any = []connectapi.AttributeAndCondition{{TagConditions: []connectapi.TagCondition{*f.TagCondition}}}
		populated++
	}
	if f.HierarchyGroupCondition != nil {
		any = []connectapi.AttributeAndCondition{{HierarchyGroupCondition: f.HierarchyGroupCondition}}
		populated++
	}
	if populated > 1 {
		return nil, invalidParameter("UserAttributeFilter: only one member can be populated")
	}
	tags, groups := 0, 0
	var ask []holds[center.User]
	for _, c := range any {
		group, err := groupHolds(d, c.HierarchyGroupCondition)
		if err != nil {
			return nil, err
		}
		if tags += len(c.TagConditions); c.HierarchyGroupCondition != nil {
			groups++
		}
		ask = append(ask, func(u *center.User) bool { return group(u) && hasTags(u.Tags, c.TagConditions) })
	}
	if tags > filterTagsMax || groups > filterHierarchyMax {
		return nil, invalidParameter("UserAttributeFilter: must have at most %d tag and %d hierarchy group conditions", filterTagsMax, filterHierarchyMax)
	}
	return func(u *center.User) bool {
		return len(ask) == 0 || slices.ContainsFunc(ask, func(h holds[center.User]) bool { return h(u) })
	}, nil
}

// userSummary shows a user as searches do: the limit of after-contact work is in milliseconds (documented).
func userSummary(d *directory.Directory, u center.User) connectapi.UserSearchSummary {
	phone := phoneOut(u.Phone)
	*phone.AfterContactWorkTimeLimit *= 1000
	return connectapi.UserSearchSummary{
		Arn: ptr(resourceARN(d.Instance, center.KindUser, string(u.ID))), Id: ptr(string(u.ID)), Username: ptr(u.Username), DirectoryUserId: optional(u.DirectoryUserID),
		HierarchyGroupId: optional(string(u.Group)), IdentityInfo: &connectapi.UserIdentityInfoLite{FirstName: optional(u.FirstName), LastName: optional(u.LastName)},
		PhoneConfig: phone, RoutingProfileId: ptr(string(u.RoutingProfile)),
		SecurityProfileIds: mapped(u.SecurityProfiles, func(p center.SecurityProfileID) string { return string(p) }), Tags: maps.Clone(u.Tags),
	}
}
