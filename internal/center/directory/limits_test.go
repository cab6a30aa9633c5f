package directory

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// TestLimits fills a directory to one below each limit: one more is taken, and the next refused.
func TestLimits(t *testing.T) {
	phone := func(i int) string { return fmt.Sprintf("+1%010d", i) }
	cases := []struct {
		name string
		most int
		have func(k *desk) int
		fill func(k *desk, i int) center.Event
		more func(t *testing.T, k *desk, i int) center.Command
		kind center.Kind
	}{
		{
			"statuses", statusesMax, func(k *desk) int { return len(k.Statuses) },
			func(_ *desk, i int) center.Event {
				return center.AgentStatusSaved{Status: center.AgentStatus{ID: center.AgentStatusID(strconv.Itoa(i)), Name: strconv.Itoa(i)}}
			},
			func(_ *testing.T, _ *desk, i int) center.Command {
				return center.CreateAgentStatus{Status: center.AgentStatus{Name: fmt.Sprint("more", i), State: center.Enabled}}
			}, center.KindAgentStatus,
		},
		{
			"hours", hoursMax, func(k *desk) int { return len(k.Hours) },
			func(_ *desk, i int) center.Event {
				return center.HoursSaved{Hours: center.Hours{ID: center.HoursID(strconv.Itoa(i)), Name: strconv.Itoa(i)}}
			},
			func(_ *testing.T, _ *desk, i int) center.Command {
				return center.CreateHours{Hours: center.Hours{Name: fmt.Sprint("more", i), TimeZone: "UTC"}}
			}, center.KindHours,
		},
		{
			"queues", queuesMax, func(k *desk) int { return len(k.Queues) },
			func(_ *desk, i int) center.Event {
				return center.QueueSaved{Queue: center.Queue{ID: center.QueueID(strconv.Itoa(i)), Name: strconv.Itoa(i)}}
			},
			func(t *testing.T, k *desk, i int) center.Command {
				return center.CreateQueue{Queue: k.queue(t, fmt.Sprint("more", i))}
			}, center.KindQueue,
		},
		{
			"routing profiles", profilesMax, func(k *desk) int { return len(k.Profiles) },
			func(_ *desk, i int) center.Event {
				return center.RoutingProfileSaved{Profile: center.RoutingProfile{ID: center.RoutingProfileID(strconv.Itoa(i)), Name: strconv.Itoa(i)}}
			},
			func(t *testing.T, k *desk, i int) center.Command {
				return center.CreateRoutingProfile{Profile: k.profile(t, fmt.Sprint("more", i))}
			}, center.KindRoutingProfile,
		},
		{
			"users", usersMax, func(k *desk) int { return len(k.Users) },
			func(_ *desk, i int) center.Event {
				return center.UserSaved{User: center.User{ID: center.AgentID(strconv.Itoa(i)), Username: strconv.Itoa(i)}}
			},
			func(t *testing.T, k *desk, i int) center.Command {
				return center.CreateUser{User: k.user(t, fmt.Sprint("more", i))}
			}, center.KindUser,
		},
		{
			"flows", flowsMax, func(k *desk) int { return len(k.Flows) },
			func(_ *desk, i int) center.Event {
				return center.FlowSaved{Flow: center.Flow{ID: center.FlowID(strconv.Itoa(i)), Name: strconv.Itoa(i)}}
			},
			func(_ *testing.T, _ *desk, i int) center.Command {
				return center.CreateFlow{Flow: center.Flow{Name: fmt.Sprint("more", i), Type: "CONTACT_FLOW", Status: flowSaved, Content: "{}"}}
			}, center.KindFlow,
		},
		{
			"phone numbers", numbersMax, func(k *desk) int { return len(k.Numbers) },
			func(_ *desk, i int) center.Event {
				return center.PhoneNumberSaved{Number: center.PhoneNumber{ID: center.PhoneNumberID(strconv.Itoa(i)), Number: phone(i)}}
			},
			func(_ *testing.T, _ *desk, i int) center.Command {
				return center.ClaimPhoneNumber{Number: number(phone(1_000_000 + i))}
			}, center.KindPhoneNumber,
		},
		{
			"adopted phone numbers", numbersMax, func(k *desk) int { return len(k.Numbers) },
			func(_ *desk, i int) center.Event {
				return center.PhoneNumberSaved{Number: center.PhoneNumber{ID: center.PhoneNumberID(strconv.Itoa(i)), Number: phone(i)}}
			},
			func(_ *testing.T, _ *desk, i int) center.Command {
				n := number(phone(1_000_000 + i))
				n.ID = center.PhoneNumberID(fmt.Sprint("more", i))
				return center.AdoptPhoneNumber{Number: n}
			}, center.KindPhoneNumber,
		},
		{
			"quick connects", connectsMax, func(k *desk) int { return len(k.Connects) },
			func(_ *desk, i int) center.Event {
				return center.QuickConnectSaved{Connect: center.QuickConnect{ID: center.QuickConnectID(strconv.Itoa(i)), Name: strconv.Itoa(i)}}
			},
			func(_ *testing.T, _ *desk, i int) center.Command {
				return center.CreateQuickConnect{Connect: center.QuickConnect{Name: fmt.Sprint("more", i), Type: center.QuickConnectNumber, Number: phone(i)}}
			}, center.KindQuickConnect,
		},
		{
			"hierarchy groups", groupsMax, func(k *desk) int { return len(k.Groups) },
			func(_ *desk, i int) center.Event {
				return center.HierarchyGroupSaved{Group: center.HierarchyGroup{ID: center.HierarchyGroupID(strconv.Itoa(i)), Name: strconv.Itoa(i), Level: 1}}
			},
			func(_ *testing.T, k *desk, i int) center.Command {
				k.Levels = []center.HierarchyLevel{{ID: "l", Name: "Site"}}
				return center.CreateHierarchyGroup{Group: center.HierarchyGroup{Name: fmt.Sprint("more", i)}}
			}, center.KindHierarchyGroup,
		},
		{
			"predefined attributes", attrsMax, func(k *desk) int { return len(k.Attributes) },
			func(_ *desk, i int) center.Event {
				return center.AttributeSaved{Attribute: center.PredefinedAttribute{Name: strconv.Itoa(i)}}
			},
			func(_ *testing.T, _ *desk, i int) center.Command {
				return center.CreateAttribute{Attribute: center.PredefinedAttribute{Name: fmt.Sprint("more", i)}}
			}, center.KindAttribute,
		},
		{
			"security profiles", securityMax, func(k *desk) int { return len(k.Security) },
			func(_ *desk, i int) center.Event {
				return center.SecurityProfileSaved{Profile: center.SecurityProfile{ID: center.SecurityProfileID(strconv.Itoa(i)), Name: strconv.Itoa(i)}}
			},
			func(_ *testing.T, _ *desk, i int) center.Command {
				return center.CreateSecurityProfile{Profile: center.SecurityProfile{Name: fmt.Sprint("more", i)}}
			}, center.KindSecurityProfile,
		},
		{
			"task templates", templatesMax, func(k *desk) int { return len(k.Templates) },
			func(_ *desk, i int) center.Event {
				return center.TaskTemplateSaved{Template: center.TaskTemplate{ID: center.TaskTemplateID(strconv.Itoa(i)), Name: strconv.Itoa(i)}}
			},
			func(_ *testing.T, _ *desk, i int) center.Command {
				return center.CreateTaskTemplate{Template: center.TaskTemplate{Name: fmt.Sprint("more", i), Fields: []center.TaskField{{Name: "n", Type: "NAME"}}}}
			}, center.KindTaskTemplate,
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			k := newDesk(t)
			for i := 0; c.have(k) < c.most-1; i++ {
				k.Apply(k.at, c.fill(k, i))
			}
			k.must(t, c.more(t, k, 1))
			if _, r := k.do(t, c.more(t, k, 2)); got(r) != (want{reason: center.Limit, kind: c.kind}) {
				t.Errorf("beyond the limit: %v", r)
			}
		})
	}
}

func TestLimitOfQueuesInARoutingProfile(t *testing.T) {
	k := newDesk(t)
	p := k.profile(t, "p")
	for i := range profileQueuesMax + 1 {
		k.Apply(k.at, center.QueueSaved{Queue: center.Queue{ID: center.QueueID(strconv.Itoa(i)), Name: strconv.Itoa(i)}})
		p.Queues = append(p.Queues, center.QueueConfig{Queue: center.QueueID(strconv.Itoa(i)), Channel: center.Voice, Priority: 1})
	}
	all := p.Queues
	p.Queues = all[:profileQueuesMax]
	k.must(t, center.CreateRoutingProfile{Profile: p})
	id := only(t, k.Profiles, func(p center.RoutingProfile) bool { return p.Name == "p" }).ID
	if _, r := k.do(t, center.ChangeRoutingProfileQueues{ID: id, Add: all[profileQueuesMax:]}); r == nil || r.Reason != center.Limit {
		t.Errorf("one more: %v", r)
	}
}

func TestLimitOfTags(t *testing.T) {
	k := newDesk(t)
	set := map[string]string{}
	for i := range tagsMax {
		set[strconv.Itoa(i)] = ""
	}
	id := string(k.Instance.ID)
	k.must(t, center.ChangeTags{Kind: center.KindInstance, ID: id, Set: set})
	if _, r := k.do(t, center.ChangeTags{Kind: center.KindInstance, ID: id, Set: map[string]string{"one more": ""}}); got(r) != bad("tags") {
		t.Errorf("one more: %v", r)
	}
	k.must(t, center.ChangeTags{Kind: center.KindInstance, ID: id, Set: map[string]string{"one more": ""}, Remove: []string{"0"}})
}

func TestLimitOfClientTokens(t *testing.T) {
	k := newDesk(t)
	for i := range tokensMax {
		k.Tokens[strconv.Itoa(i)] = Claim{ID: "x", At: k.at}
	}
	if _, r := k.do(t, center.ClaimPhoneNumber{Number: number("+12025550100"), ClientToken: "t"}); r == nil || r.Reason != center.Limit {
		t.Errorf("one more: %v", r)
	}
	k.must(t, center.ClaimPhoneNumber{Number: number("+12025550100")})
	k.at = k.at.Add(center.TokenLife + time.Second)
	k.must(t, center.ClaimPhoneNumber{Number: number("+12025550101"), ClientToken: "t"})
	if len(k.Tokens) != 1 {
		t.Errorf("%d tokens are left", len(k.Tokens))
	}
}
