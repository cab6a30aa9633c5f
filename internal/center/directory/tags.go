package directory

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hookswitch/hookswitch/internal/center"
)

// changeTags sets and removes tags of one resource. Agents' queues and contacts have no tags here.
func (q *request) changeTags(c center.ChangeTags) ([]center.Event, error) {
	saved, tags, err := q.tagged(c.Kind, c.ID)
	if err != nil {
		return nil, err
	}
	if err := checkTags(c.Set); err != nil {
		return nil, err
	}
	out := make(map[string]string, len(tags)+len(c.Set))
	maps.Copy(out, tags)
	maps.Copy(out, c.Set)
	for _, k := range c.Remove {
		delete(out, k)
	}
	if len(out) > tagsMax {
		return nil, invalid("tags", "a resource has at most %d tags", tagsMax)
	}
	return []center.Event{saved(out)}, nil
}

// Tags returns the tags of a resource; ok is false when there is none of that kind and id, or none that has tags. They
// must not be changed.
func (d *Directory) Tags(k center.Kind, id string) (tags map[string]string, ok bool) {
	_, tags, err := (&request{Directory: d}).tagged(k, id)
	return tags, err == nil
}

// tagged returns a resource's tags, and what says that it has others.
func (q *request) tagged(k center.Kind, id string) (saved func(map[string]string) center.Event, tags map[string]string, err error) {
	switch k {
	case center.KindInstance:
		if id != string(q.Instance.ID) {
			return nil, nil, notFound(k, id)
		}
		i := q.Instance
		return func(t map[string]string) center.Event { i.Tags = t; return center.InstanceSaved{Instance: i} }, i.Tags, nil
	case center.KindAgentStatus:
		v, err := find(q.Statuses, k, center.AgentStatusID(id))
		return func(t map[string]string) center.Event { v.Tags = t; return center.AgentStatusSaved{Status: v} }, v.Tags, err
	case center.KindHours:
		v, err := find(q.Hours, k, center.HoursID(id))
		return func(t map[string]string) center.Event { v.Tags = t; return center.HoursSaved{Hours: v} }, v.Tags, err
	case center.KindQueue:
		v, err := q.standardQueue(center.QueueID(id))
		return func(t map[string]string) center.Event { v.Tags = t; return center.QueueSaved{Queue: v} }, v.Tags, err
	case center.KindRoutingProfile:
		v, err := find(q.Profiles, k, center.RoutingProfileID(id))
		return func(t map[string]string) center.Event { v.Tags = t; return center.RoutingProfileSaved{Profile: v} }, v.Tags, err
	case center.KindUser:
		v, err := find(q.Users, k, center.AgentID(id))
		return func(t map[string]string) center.Event { v.Tags = t; return center.UserSaved{User: v} }, v.Tags, err
	case center.KindSecurityProfile:
		v, err := find(q.Security, k, center.SecurityProfileID(id))
		return func(t map[string]string) center.Event { v.Tags = t; return center.SecurityProfileSaved{Profile: v} }, v.Tags, err
	case center.KindFlow:
		v, err := find(q.Flows, k, center.FlowID(id))
		return func(t map[string]string) center.Event { v.Tags = t; return center.FlowSaved{Flow: v} }, v.Tags, err
	case center.KindQuickConnect:
		v, err := find(q.Connects, k, center.QuickConnectID(id))
		return func(t map[string]string) center.Event { v.Tags = t; return center.QuickConnectSaved{Connect: v} }, v.Tags, err
	case center.KindHierarchyGroup:
		v, err := find(q.Groups, k, center.HierarchyGroupID(id))
		return func(t map[string]string) center.Event { v.Tags = t; return center.HierarchyGroupSaved{Group: v} }, v.Tags, err
	case center.KindTaskTemplate:
		v, err := find(q.Templates, k, center.TaskTemplateID(id))
		return func(t map[string]string) center.Event { v.Tags = t; return center.TaskTemplateSaved{Template: v} }, v.Tags, err
	case center.KindPrompt:
		v, err := find(q.Prompts, k, center.PromptID(id))
		return func(t map[string]string) center.Event { v.Tags = t; return center.PromptSaved{Prompt: v} }, v.Tags, err
	case center.KindModule:
		v, err := find(q.Modules, k, center.FlowID(id))
		return func(t map[string]string) center.Event { v.Tags = t; return center.FlowSaved{Flow: v} }, v.Tags, err
	case center.KindPhoneNumber:
		v, err := find(q.Numbers, k, center.PhoneNumberID(id))
		return func(t map[string]string) center.Event { v.Tags = t; return center.PhoneNumberSaved{Number: v} }, v.Tags, err
	}
	return nil, nil, invalid("resourceArn", "a %s has no tags", k)
}

// checkTags holds the pattern of the API model: ^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]*$.
func checkTags(tags map[string]string) error {
	if len(tags) > tagsMax {
		return invalid("Tags", "a resource has at most %d tags", tagsMax)
	}
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		n := utf8.RuneCountInString(k)
		if n < 1 || n > tagKeyMax || !utf8.ValidString(k) || strings.HasPrefix(k, "aws:") || strings.IndexFunc(k, notTag) >= 0 {
			return invalid("Tags", "the key of a tag has 1 to %d letters, digits, spaces and any of _.:/=+-@, and does not begin with aws:", tagKeyMax)
		}
		if err := text("Tags", tags[k], 0, tagValueMax); err != nil {
			return err
		}
	}
	return nil
}

func notTag(r rune) bool {
	return !unicode.In(r, unicode.L, unicode.Z, unicode.N) && !strings.ContainsRune("_.:/=+-@", r)
}
