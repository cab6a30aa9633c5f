package connect

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// userDataOnPage is how many agents one answer holds at most: the model's own bound.
const userDataOnPage = 100

// getCurrentUserData shows agents as they are right now: every agent that fits all the filters and is online or has
// something on its desk. A hierarchy group stands for those below it as well (ours).
func (s *Service) getCurrentUserData(ctx context.Context, in *connectapi.GetCurrentUserDataInput) (*connectapi.GetCurrentUserDataOutput, error) {
	f := in.Filters
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	given := 0
	for _, n := range []int{len(f.Queues), len(f.RoutingProfiles), len(f.Agents), len(f.UserHierarchyGroups)} {
		given += min(n, 1)
	}
	if given > 1 {
		return nil, invalidParameter("Filters: at most one of Queues, RoutingProfiles, Agents and UserHierarchyGroups can be given")
	}
	if err := knownFilters(c, f); err != nil {
		return nil, err
	}
	var states []string
	if f.ContactFilter != nil {
		states = f.ContactFilter.ContactStates
	}
	queues, profiles, agents, groups := bareSet(f.Queues), bareSet(f.RoutingProfiles), bareSet(f.Agents), bareSet(f.UserHierarchyGroups)
	all := c.View().Agents(func(a *lifecycle.Agent) bool {
		return (a.Status.Type != center.Offline || len(a.Desk) > 0) &&
			(len(profiles) == 0 || profiles[a.Config.RoutingProfile.ID]) && (len(agents) == 0 || agents[string(a.ID)]) &&
			(len(groups) == 0 || slices.ContainsFunc(a.Config.Hierarchy, func(g center.Ref) bool { return groups[g.ID] })) &&
			(len(queues) == 0 || slices.ContainsFunc(a.Config.Inbound, func(q center.AgentQueue) bool { return queues[string(q.ID)] })) &&
			(len(states) == 0 || slices.ContainsFunc(a.Desk, func(d lifecycle.DeskContact) bool { return slices.Contains(states, d.State) }))
	})
	part, next, err := page("GetCurrentUserData", all, func(a lifecycle.Agent) string { return string(a.ID) }, in.NextToken, in.MaxResults, userDataOnPage, userDataOnPage)
	if err != nil {
		return nil, err
	}
	inst := instanceOf(c)
	return &connectapi.GetCurrentUserDataOutput{NextToken: next, ApproximateTotalCount: ptr(int64(len(all))), UserDataList: mapped(part, func(a lifecycle.Agent) connectapi.UserData {
		return userData(inst, &a)
	})}, nil
}

// knownFilters refuses queues, routing profiles, agents and hierarchy groups that the instance does not have.
func knownFilters(c Center, f *connectapi.UserDataFilters) (err error) {
	c.View().Directory(func(d *directory.Directory) {
		err = cmp.Or(
			missing(d.Queues, center.KindQueue, f.Queues), missing(d.Profiles, center.KindRoutingProfile, f.RoutingProfiles),
			missing(d.Users, center.KindUser, f.Agents), missing(d.Groups, center.KindHierarchyGroup, f.UserHierarchyGroups),
		)
	})
	return err
}

// missing refuses the first of some names that a map of resources does not have.
func missing[ID ~string, V any](have map[ID]V, k center.Kind, names []string) error {
	for _, n := range names {
		if _, ok := have[ID(bare(n))]; !ok {
			return notFound(k, n)
		}
	}
	return nil
}

func bareSet(ids []string) map[string]bool {
	m := make(map[string]bool, len(ids))
	for _, i := range ids {
		m[bare(i)] = true
	}
	return m
}

func userData(inst center.Instance, a *lifecycle.Agent) connectapi.UserData {
	out := connectapi.UserData{
		User:           &connectapi.UserReference{Id: ptr(string(a.ID)), Arn: ptr(resourceARN(inst, center.KindUser, string(a.ID)))},
		RoutingProfile: &connectapi.RoutingProfileReference{Id: ptr(a.Config.RoutingProfile.ID), Arn: ptr(resourceARN(inst, center.KindRoutingProfile, a.Config.RoutingProfile.ID))},
		Status: &connectapi.AgentStatusReference{
			StatusStartTimestamp: timestamp(a.StatusSince), StatusArn: ptr(resourceARN(inst, center.KindAgentStatus, string(a.Status.ID))), StatusName: ptr(a.Status.Name),
		},
		AvailableSlotsByChannel: map[string]int32{}, MaxSlotsByChannel: map[string]int32{}, ActiveSlotsByChannel: map[string]int32{}, Contacts: []connectapi.AgentContactReference{},
	}
	if len(a.Config.Hierarchy) > 0 {
		p := &connectapi.HierarchyPathReference{}
		levels := [...]**connectapi.HierarchyGroupSummaryReference{&p.LevelOne, &p.LevelTwo, &p.LevelThree, &p.LevelFour, &p.LevelFive}
		for i, g := range a.Config.Hierarchy {
			*levels[i] = &connectapi.HierarchyGroupSummaryReference{Id: ptr(g.ID), Arn: ptr(resourceARN(inst, center.KindHierarchyGroup, g.ID))}
		}
		out.HierarchyPath = p
	}
	if a.Next != nil {
		out.NextStatus = ptr(a.Next.Name)
	}
	for _, c := range a.Config.Concurrency {
		free, most := a.Slots(c.Channel)
		ch := string(c.Channel)
		out.AvailableSlotsByChannel[ch], out.MaxSlotsByChannel[ch], out.ActiveSlotsByChannel[ch] = int32(free), int32(most), int32(most-free)
	}
	for _, d := range a.Desk {
		out.Contacts = append(out.Contacts, connectapi.AgentContactReference{
			ContactId: ptr(string(d.ID)), Channel: ptr(string(d.Channel)), InitiationMethod: ptr(d.Method), AgentContactState: ptr(d.State),
			StateStartTimestamp: timestamp(stateStart(d)), ConnectedToAgentTimestamp: timestamp(d.ConnectedAt),
			Queue: &connectapi.QueueReference{Id: ptr(string(d.Queue.ID)), Arn: ptr(queueARN(inst, d.Queue.ID, d.Queue.Agent))},
		})
	}
	return out
}

// stateStart is when a contact's state began. A contact on hold keeps the start of its connection (as the API documents
// for CONNECTED_ONHOLD, unlike agent events).
func stateStart(d lifecycle.DeskContact) time.Time {
	if d.State == center.AgentContactOnHold {
		return d.ConnectedAt
	}
	return d.StateSince
}
