package connect

import (
	"context"
	"maps"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

func (s *Service) describeContact(ctx context.Context, in *connectapi.DescribeContactInput) (*connectapi.DescribeContactOutput, error) {
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	contact, err := s.contact(ctx, c, in.ContactId)
	if err != nil {
		return nil, err
	}
	return &connectapi.DescribeContactOutput{Contact: contactOut(instanceOf(c), contact)}, nil
}

// contactOut shows a contact as the API does. It is what the contact record holds, under the API's names.
func contactOut(inst center.Instance, c lifecycle.Contact) *connectapi.Contact {
	out := &connectapi.Contact{
		Arn: ptr(resourceARN(inst, center.KindContact, string(c.ID))), Id: ptr(string(c.ID)),
		InitialContactId: optional(string(c.Initial)), PreviousContactId: optional(string(c.Previous)), RelatedContactId: optional(string(c.Related)),
		InitiationMethod: ptr(c.Method), Name: optional(c.Name), Description: optional(c.Description), Channel: ptr(string(c.Channel)),
		InitiationTimestamp: timestamp(c.InitiatedAt), DisconnectTimestamp: timestamp(c.DisconnectedAt), LastUpdateTimestamp: timestamp(c.UpdatedAt),
		ConnectedToSystemTimestamp: timestamp(c.ConnectedToSystemAt), DisconnectReason: optional(c.DisconnectReason),
		CustomerEndpoint: endpointOut(c.Customer), SystemEndpoint: endpointOut(c.System), Tags: maps.Clone(c.Tags), Attributes: maps.Clone(c.Attributes),
		QueuePriority: ptr(int64(c.Priority)), QueueTimeAdjustmentSeconds: optional(int32(c.Age)), SegmentAttributes: segmentOut(c.Segment),
		RoutingCriteria: criteriaOut(c.Criteria),
	}
	if c.Channel == center.Task { // the delay of a callback is not shown
		out.ScheduledTimestamp = timestamp(c.ScheduledAt)
	}
	if p := c.Pauses; p != nil {
		out.LastPausedTimestamp, out.LastResumedTimestamp = timestamp(p.PausedAt), timestamp(p.ResumedAt)
		out.TotalPauseCount, out.TotalPauseDurationInSeconds = ptr(int32(p.Count)), ptr(int32(p.Total/time.Second))
	}
	if t := c.Template; t != nil {
		out.TaskTemplateInfo = &connectapi.TaskTemplateInfoV2{Arn: ptr(resourceARN(inst, center.KindTaskTemplate, string(t.ID))), Name: ptr(t.Name)}
	}
	if c.Queue != nil {
		out.QueueInfo = &connectapi.QueueInfo{Id: ptr(c.Queue.Queue.ID), EnqueueTimestamp: timestamp(c.Queue.EnqueuedAt)}
	}
	if h := c.Agent; h != nil {
		out.AgentInfo = &connectapi.AgentInfo{
			Id: ptr(string(h.Agent)), ConnectedToAgentTimestamp: timestamp(h.ConnectedAt), AfterContactWorkStartTimestamp: timestamp(h.LeftAt),
			AfterContactWorkEndTimestamp: timestamp(h.ClearedAt), AgentInitiatedHoldDuration: ptr(int32((h.HeldFor - h.HeldForOthers) / time.Second)),
		}
		if c.Pauses != nil {
			out.AgentInfo.AgentPauseDurationInSeconds = ptr(int32(c.Pauses.ByAgent / time.Second))
		}
		out.AgentInfo.HierarchyGroups = hierarchyOut(inst, h.Hierarchy)
		if !h.ClearedAt.IsZero() {
			out.AgentInfo.AfterContactWorkDuration = ptr(int32(h.ClearedAt.Truncate(time.Second).Sub(h.LeftAt.Truncate(time.Second)) / time.Second))
		}
	}
	return out
}

// hierarchyOut shows the groups of an agent, from the highest level down.
func hierarchyOut(inst center.Instance, groups []center.Ref) *connectapi.HierarchyGroups {
	if len(groups) == 0 {
		return nil
	}
	out := &connectapi.HierarchyGroups{}
	levels := [...]**connectapi.AgentHierarchyGroup{&out.Level1, &out.Level2, &out.Level3, &out.Level4, &out.Level5}
	for i, g := range groups[:min(len(groups), len(levels))] {
		*levels[i] = &connectapi.AgentHierarchyGroup{Arn: ptr(resourceARN(inst, center.KindHierarchyGroup, g.ID))}
	}
	return out
}

func endpointOut(e *center.Endpoint) *connectapi.EndpointInfo {
	if e == nil {
		return nil
	}
	return &connectapi.EndpointInfo{Type: ptr(e.Type), Address: ptr(e.Address)}
}

func segmentOut(m map[string]center.SegmentValue) map[string]connectapi.SegmentAttributeValue {
	if len(m) == 0 {
		return nil
	}
	out := make(map[string]connectapi.SegmentAttributeValue, len(m))
	for k, v := range m {
		o := connectapi.SegmentAttributeValue{ValueString: optional(v.String), ValueMap: segmentOut(v.Map)}
		if v.Integer != nil {
			o.ValueInteger = ptr(int32(*v.Integer))
		}
		out[k] = o
	}
	return out
}
