package connect

import (
	"context"
	"maps"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) listTagsForResource(ctx context.Context, in *connectapi.ListTagsForResourceInput) (*connectapi.ListTagsForResourceOutput, error) {
	c, kind, name, err := s.tagged(ctx, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	var tags map[string]string
	var ok bool
	c.View().Directory(func(d *directory.Directory) { tags, ok = tagsOf(d, kind, name) })
	if !ok {
		return nil, notFound(kind, name)
	}
	out := &connectapi.ListTagsForResourceOutput{Tags: map[string]string{}}
	maps.Copy(out.Tags, tags)
	return out, nil
}

// tagsOf returns the tags of a resource; ok is false when there is none of that name, or none that has tags.
func tagsOf(d *directory.Directory, kind center.Kind, name string) (tags map[string]string, ok bool) {
	switch kind {
	case center.KindInstance:
		tags, ok = d.Instance.Tags, true
	case center.KindAgentStatus:
		var v center.AgentStatus
		v, ok = d.Statuses[center.AgentStatusID(name)]
		tags = v.Tags
	case center.KindHours:
		var v center.Hours
		v, ok = d.Hours[center.HoursID(name)]
		tags = v.Tags
	case center.KindQueue:
		var v center.Queue
		v, ok = d.Queues[center.QueueID(name)]
		ok, tags = ok && v.Agent == "", v.Tags
	case center.KindRoutingProfile:
		var v center.RoutingProfile
		v, ok = d.Profiles[center.RoutingProfileID(name)]
		tags = v.Tags
	case center.KindUser:
		var v center.User
		v, ok = d.Users[center.AgentID(name)]
		tags = v.Tags
	case center.KindSecurityProfile:
		var v center.SecurityProfile
		v, ok = d.Security[center.SecurityProfileID(name)]
		tags = v.Tags
	case center.KindFlow:
		var v center.Flow
		v, ok = d.Flows[center.FlowID(name)]
		tags = v.Tags
	case center.KindPhoneNumber:
		var v center.PhoneNumber
		v, ok = d.Numbers[center.PhoneNumberID(name)]
		tags = v.Tags
	}
	return tags, ok
}
