package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/simulate"
)

// serverMaker sets up a scenario on a server with the requests of AWS clients. What is there by its name is made like the
// scenario's.
type serverMaker struct {
	sc    *serverCenter
	lists map[string][]summary // by path
}

// Where resources are listed, and under which member.
var (
	listStatuses = [2]string{"/agent-status/", "AgentStatusSummaryList"}
	listHours    = [2]string{"/hours-of-operations-summary/", "HoursOfOperationSummaryList"}
	listQueues   = [2]string{"/queues-summary/", "QueueSummaryList"}
	listFlows    = [2]string{"/contact-flows-summary/", "ContactFlowSummaryList"}
	listProfiles = [2]string{"/routing-profiles-summary/", "RoutingProfileSummaryList"}
	listSecurity = [2]string{"/security-profiles-summary/", "SecurityProfileSummaryList"}
)

// find returns the id of what an instance had by a name before, or "".
func (m *serverMaker) find(ctx context.Context, where [2]string, name string) (string, error) {
	all, ok := m.lists[where[0]]
	if !ok {
		var err error
		if all, err = m.sc.aws.list(ctx, where[0]+m.sc.i.ID, where[1]); err != nil {
			return "", err
		}
		if m.lists == nil {
			m.lists = map[string][]summary{}
		}
		m.lists[where[0]] = all
	}
	return idOf(all, name), nil
}

// Existing finds what every new instance has.
func (m *serverMaker) Existing(ctx context.Context, kind center.Kind, name string) (string, error) {
	where := map[center.Kind][2]string{center.KindAgentStatus: listStatuses, center.KindHours: listHours, center.KindSecurityProfile: listSecurity}[kind]
	id, err := m.find(ctx, where, name)
	if err == nil && id == "" {
		err = fmt.Errorf("%s has no %s %q", m.sc.i.name(), kind, name)
	}
	return id, err
}

// put creates something; the answer has its id in a member of its own.
func (m *serverMaker) put(ctx context.Context, path, member string, in object) (simulate.Thing, error) {
	var out map[string]any
	if err := m.sc.aws.connect(ctx, http.MethodPut, path+m.sc.i.ID, in, &out); err != nil {
		return simulate.Thing{}, err
	}
	id, _ := out[member].(string)
	return simulate.Thing{ID: id}, nil
}

// post changes something.
func (m *serverMaker) post(ctx context.Context, path, id, what string, in object) error {
	return m.sc.aws.connect(ctx, http.MethodPost, path+m.sc.i.ID+"/"+id+what, in, nil)
}

// Make creates or changes what a command says.
func (m *serverMaker) Make(ctx context.Context, cmd center.Command) (simulate.Thing, error) {
	switch cmd := cmd.(type) {
	case center.CreateAgentStatus:
		if id, err := m.find(ctx, listStatuses, cmd.Status.Name); err != nil || id != "" {
			return simulate.Thing{ID: id}, err
		}
		return m.put(ctx, "/agent-status/", "AgentStatusId", object{"Name": cmd.Status.Name, "State": "ENABLED"})
	case center.CreateHours:
		return m.hours(ctx, cmd.Hours)
	case center.CreateQueue:
		return m.queue(ctx, cmd.Queue)
	case center.UpdateQueue:
		return simulate.Thing{}, m.post(ctx, "/queues/", string(cmd.ID), "/outbound-caller-config", object{
			"OutboundCallerConfig": object{"OutboundCallerIdNumberId": string(cmd.Outbound.Number)},
		})
	case center.CreateFlow:
		return m.flow(ctx, cmd.Flow)
	case center.ClaimPhoneNumber:
		return m.number(ctx, cmd.Number)
	case center.CreateRoutingProfile:
		return m.profile(ctx, cmd.Profile)
	case center.CreateUser:
		return m.user(ctx, cmd.User)
	}
	return simulate.Thing{}, fmt.Errorf("a scenario on a server cannot %T", cmd)
}

func (m *serverMaker) hours(ctx context.Context, h center.Hours) (simulate.Thing, error) {
	var config []object
	for _, s := range h.Slots {
		config = append(config, object{
			"Day": s.Day, "StartTime": object{"Hours": s.StartHour, "Minutes": s.StartMinute}, "EndTime": object{"Hours": s.EndHour, "Minutes": s.EndMinute},
		})
	}
	in := object{"Name": h.Name, "TimeZone": h.TimeZone, "Config": config}
	id, err := m.find(ctx, listHours, h.Name)
	if err != nil || id == "" {
		if err != nil {
			return simulate.Thing{}, err
		}
		return m.put(ctx, "/hours-of-operations/", "HoursOfOperationId", in)
	}
	return simulate.Thing{ID: id}, m.post(ctx, "/hours-of-operations/", id, "", in)
}

func (m *serverMaker) queue(ctx context.Context, q center.Queue) (simulate.Thing, error) {
	id, err := m.find(ctx, listQueues, q.Name)
	if err != nil {
		return simulate.Thing{}, err
	}
	t := simulate.Thing{ID: id}
	if id == "" {
		if t, err = m.put(ctx, "/queues/", "QueueId", object{"Name": q.Name, "HoursOfOperationId": string(q.Hours)}); err != nil {
			return t, err
		}
	} else if err := m.post(ctx, "/queues/", id, "/hours-of-operation", object{"HoursOfOperationId": string(q.Hours)}); err != nil {
		return t, err
	}
	if id == "" && q.MaxContacts == 0 {
		return t, nil
	}
	return t, m.post(ctx, "/queues/", t.ID, "/max-contacts", object{"MaxContacts": q.MaxContacts})
}

func (m *serverMaker) flow(ctx context.Context, f center.Flow) (simulate.Thing, error) {
	id, err := m.find(ctx, listFlows, f.Name)
	if err != nil {
		return simulate.Thing{}, err
	}
	if id == "" {
		return m.put(ctx, "/contact-flows/", "ContactFlowId", object{"Name": f.Name, "Type": f.Type, "Content": f.Content})
	}
	return simulate.Thing{ID: id}, m.post(ctx, "/contact-flows/", id, "/content", object{"Content": f.Content})
}

// number returns a number that runs a flow: the one that is asked for if it is the instance's or can be had, or another.
func (m *serverMaker) number(ctx context.Context, n center.PhoneNumber) (simulate.Thing, error) {
	have, err := m.sc.c.numbers(ctx, m.sc.i)
	if err != nil {
		return simulate.Thing{}, err
	}
	at := slices.IndexFunc(have, func(h phoneNumber) bool { return h.Number == n.Number })
	if at < 0 {
		err := m.sc.aws.connect(ctx, http.MethodPost, "/phone-number/claim", object{"TargetArn": m.sc.i.ARN, "PhoneNumber": n.Number}, nil)
		if isCode(err, "InvalidParameterException") { // someone else has it
			if n.Number, err = m.sc.aws.claimNumber(ctx, m.sc.i, string(n.Flow)); err != nil {
				return simulate.Thing{}, err
			}
		}
		if err != nil {
			return simulate.Thing{}, err
		}
		if have, err = m.sc.c.numbers(ctx, m.sc.i); err != nil {
			return simulate.Thing{}, err
		}
		at = slices.IndexFunc(have, func(h phoneNumber) bool { return h.Number == n.Number })
	}
	if at < 0 {
		return simulate.Thing{}, fmt.Errorf("%s was claimed and is not there", n.Number)
	}
	t := simulate.Thing{ID: have[at].ID, Number: n.Number}
	return t, m.sc.aws.connect(ctx, http.MethodPut, "/phone-number/"+t.ID+"/contact-flow", object{"InstanceId": m.sc.i.ID, "ContactFlowId": string(n.Flow)}, nil)
}

// profile makes a routing profile under a name that tells what is in it: one that is there by that name is the same.
func (m *serverMaker) profile(ctx context.Context, p center.RoutingProfile) (simulate.Thing, error) {
	var media, queues []object
	for _, c := range p.Concurrency {
		media = append(media, object{"Channel": string(c.Channel), "Concurrency": c.Slots, "CrossChannelBehavior": object{"BehaviorType": c.CrossChannel}})
	}
	for _, q := range p.Queues {
		queues = append(queues, object{"QueueReference": object{"QueueId": string(q.Queue), "Channel": string(q.Channel)}, "Priority": q.Priority, "Delay": q.Delay})
	}
	in := object{
		"Description": p.Description, "DefaultOutboundQueueId": string(p.DefaultOutbound), "MediaConcurrencies": media, "QueueConfigs": queues,
	}
	b, err := json.Marshal(in)
	if err != nil {
		return simulate.Thing{}, err
	}
	name := p.Name + " " + digest(b)[:8]
	id, err := m.find(ctx, listProfiles, name)
	if err != nil || id != "" {
		return simulate.Thing{ID: id}, err
	}
	in["Name"] = name
	// A request takes up to ten queues; the others follow.
	if len(queues) > profileQueuesAtOnce {
		in["QueueConfigs"] = queues[:profileQueuesAtOnce]
	}
	t, err := m.put(ctx, "/routing-profiles/", "RoutingProfileId", in)
	for n := profileQueuesAtOnce; err == nil && n < len(queues); n += profileQueuesAtOnce {
		err = m.post(ctx, "/routing-profiles/", t.ID, "/associate-queues", object{"QueueConfigs": queues[n:min(n+profileQueuesAtOnce, len(queues))]})
	}
	return t, err
}

const profileQueuesAtOnce = 10

func (m *serverMaker) user(ctx context.Context, u center.User) (simulate.Thing, error) {
	if m.sc.users == nil {
		have, err := m.sc.c.agents(ctx, m.sc.i)
		if err != nil {
			return simulate.Thing{}, err
		}
		m.sc.users = map[string]string{}
		for _, a := range have {
			m.sc.users[a.Username] = a.ID
		}
	}
	id, profile := m.sc.users[u.Username], string(u.RoutingProfile)
	if id == "" {
		id, err := m.sc.aws.createUser(ctx, m.sc.i.ID, newUser{
			username: u.Username, firstName: u.FirstName, lastName: u.LastName, profileID: profile, security: "Agent",
			autoAccept: u.Phone.AutoAccept, acwLimit: u.Phone.ACWLimit,
		})
		return simulate.Thing{ID: id}, err
	}
	if err := m.post(ctx, "/users/", id, "/routing-profile", object{"RoutingProfileId": profile}); err != nil {
		return simulate.Thing{}, err
	}
	return simulate.Thing{ID: id}, m.post(ctx, "/users/", id, "/phone-config", object{
		"PhoneConfig": object{"PhoneType": "SOFT_PHONE", "AutoAccept": u.Phone.AutoAccept, "AfterContactWorkTimeLimit": u.Phone.ACWLimit},
	})
}
