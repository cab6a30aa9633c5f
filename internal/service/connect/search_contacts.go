package connect

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/history"
)

// Bounds of a search for contacts.
const (
	contactsOnPage = 100                    // the model's own bound
	searchMost     = 8 * 7 * 24 * time.Hour // of a range of time, as the console has it
)

// contactTimes are the times of a contact that a range can be about.
var contactTimes = map[string]history.Field{
	"INITIATION_TIMESTAMP": history.Initiated, "SCHEDULED_TIMESTAMP": history.Scheduled, "ENQUEUE_TIMESTAMP": history.Enqueued,
	"CONNECTED_TO_AGENT_TIMESTAMP": history.Connected, "DISCONNECT_TIMESTAMP": history.Disconnected,
}

// contactOrders are what contacts can be sorted by.
var contactOrders = map[string]history.Field{
	"INITIATION_TIMESTAMP": history.Initiated, "SCHEDULED_TIMESTAMP": history.Scheduled, "EXPIRY_TIMESTAMP": history.Expires,
	"CONNECTED_TO_AGENT_TIMESTAMP": history.Connected, "DISCONNECT_TIMESTAMP": history.Disconnected,
	"INITIATION_METHOD": history.Method, "CHANNEL": history.Channel,
}

// contactsToken is what a NextToken of a search holds.
type contactsToken struct {
	Request string        `json:"r"`
	After   history.Place `json:"a"`
	Total   int64         `json:"n"` // as the first page counted
}

// searchContacts finds contacts, open and completed ones. Without Sort the newest by the time of the range come first (ours).
// TotalCount is counted for the first page.
func (s *Service) searchContacts(ctx context.Context, in *connectapi.SearchContactsInput) (*connectapi.SearchContactsOutput, error) {
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	q := history.Query{Now: s.cfg.Clock.Now(), Descending: true, Limit: contactsOnPage}
	if q.By, q.From, q.To, err = timeRange("TimeRange", in.TimeRange); err != nil {
		return nil, err
	}
	if q.Where, err = contactConditions(in.SearchCriteria); err != nil {
		return nil, err
	}
	if in.Sort != nil {
		q.Sort, q.Descending = contactOrders[value(in.Sort.FieldName)], value(in.Sort.Order) == "DESCENDING"
	}
	if in.MaxResults != nil {
		q.Limit = min(int(*in.MaxResults), contactsOnPage)
	}
	same := *in
	same.NextToken = nil
	digest, err := requestDigest(same)
	if err != nil {
		return nil, err
	}
	token, err := openContactsToken(digest, in.NextToken)
	if err != nil {
		return nil, err
	}
	if token != nil {
		q.After = &token.After
	}
	h, err := c.History(ctx)
	if err != nil {
		return nil, modelled(err)
	}
	page := q.Limit
	q.Limit++ // whether there are more
	hits, total, err := h.Search(ctx, q, token == nil)
	if err != nil {
		return nil, err
	}
	if token != nil {
		total = token.Total
	}
	out := &connectapi.SearchContactsOutput{Contacts: []connectapi.ContactSearchSummary{}, TotalCount: &total}
	if len(hits) > page {
		hits = hits[:page]
		content, err := json.Marshal(contactsToken{digest, hits[page-1].Place, total})
		if err != nil {
			return nil, err
		}
		out.NextToken = sealToken("SearchContacts", string(content))
	}
	inst := instanceOf(c)
	for _, hit := range hits {
		contact, ok, err := c.Contact(ctx, hit.ID)
		if err != nil {
			return nil, modelled(err)
		}
		if ok { // else it has become too old meanwhile
			out.Contacts = append(out.Contacts, contactSummary(inst, contact))
		}
	}
	return out, nil
}

func openContactsToken(digest string, token *string) (*contactsToken, error) {
	if value(token) == "" {
		return nil, nil
	}
	content, err := openToken("SearchContacts", *token)
	if err != nil {
		return nil, err
	}
	t := &contactsToken{}
	if json.Unmarshal([]byte(content), t) != nil {
		return nil, invalidParameter("Invalid NextToken")
	}
	if t.Request != digest {
		return nil, invalidParameter("NextToken belongs to a request with other parameters")
	}
	return t, nil
}

func timeRange(member string, r *connectapi.SearchContactsTimeRange) (f history.Field, from, to time.Time, err error) {
	switch {
	case r.StartTime.After(*r.EndTime):
		err = invalidParameter("%s: StartTime must not be after EndTime", member)
	case r.EndTime.Sub(*r.StartTime) > searchMost:
		err = invalidParameter("%s: at most 8 weeks are allowed", member)
	}
	return contactTimes[value(r.Type)], *r.StartTime, *r.EndTime, err
}

// contactConditions turns criteria, which must all hold, into a condition.
func contactConditions(c *connectapi.SearchCriteria) (none history.Condition, err error) {
	if c == nil {
		return none, nil
	}
	if err := refuseSet(
		member{"SearchCriteria.ContactAnalysis", c.ContactAnalysis != nil},
		member{"SearchCriteria.RoutingCriteria", c.RoutingCriteria != nil},
		member{"SearchCriteria.ActiveRegions", len(c.ActiveRegions) > 0},
	); err != nil {
		return none, err
	}
	var all []history.Condition
	in := func(f history.Field, values []string) {
		if len(values) > 0 {
			all = append(all, history.In(f, mapped(values, bare)))
		}
	}
	in(history.Agent, c.AgentIds)
	in(history.Queue, c.QueueIds)
	in(history.Channel, c.Channels)
	in(history.Method, c.InitiationMethods)
	if g := c.AgentHierarchyGroups; g != nil {
		in(history.Level1, g.L1Ids)
		in(history.Level2, g.L2Ids)
		in(history.Level3, g.L3Ids)
		in(history.Level4, g.L4Ids)
		in(history.Level5, g.L5Ids)
	}
	for _, f := range []func(*connectapi.SearchCriteria) (history.Condition, error){nameCondition, rangesCondition, attributesCondition, segmentsCondition, tagsCondition} {
		cond, err := f(c)
		if err != nil {
			return none, err
		}
		all = append(all, cond)
	}
	return history.Together(history.All, all), nil
}

// matches are the ways in which criteria go together.
var matches = map[string]history.Match{"": history.All, "MATCH_ALL": history.All, "MATCH_ANY": history.Any, "MATCH_NONE": history.None}

func matched(member string, kind *string, all []history.Condition) (history.Condition, error) {
	m, ok := matches[value(kind)]
	if !ok {
		return history.Condition{}, unsupported(member + ".MatchType " + value(kind))
	}
	return history.Together(m, all), nil
}

func nameCondition(c *connectapi.SearchCriteria) (history.Condition, error) {
	if c.Name == nil {
		return history.Condition{}, nil
	}
	if value(c.Name.MatchType) == "MATCH_EXACT" {
		return history.Together(history.Any, mapped(c.Name.SearchText, history.NameIs)), nil
	}
	return matched("SearchCriteria.Name", c.Name.MatchType, mapped(c.Name.SearchText, history.NameHas))
}

func rangesCondition(c *connectapi.SearchCriteria) (none history.Condition, err error) {
	if c.AdditionalTimeRange == nil {
		return none, nil
	}
	const in = "SearchCriteria.AdditionalTimeRange"
	var all []history.Condition
	for _, r := range c.AdditionalTimeRange.Criteria {
		if (r.TimeRange == nil) == (r.TimestampCondition == nil) {
			return none, invalidParameter("%s.Criteria: each has either TimeRange or TimestampCondition", in)
		}
		if r.TimestampCondition != nil {
			all = append(all, history.Missing(contactTimes[value(r.TimestampCondition.Type)]))
			continue
		}
		f, from, to, err := timeRange(in+".Criteria.TimeRange", r.TimeRange)
		if err != nil {
			return none, err
		}
		all = append(all, history.Within(f, from, to))
	}
	return matched(in, c.AdditionalTimeRange.MatchType, all)
}

func attributesCondition(c *connectapi.SearchCriteria) (history.Condition, error) {
	if c.SearchableContactAttributes == nil {
		return history.Condition{}, nil
	}
	return matched("SearchCriteria.SearchableContactAttributes", c.SearchableContactAttributes.MatchType,
		mapped(c.SearchableContactAttributes.Criteria, func(a connectapi.SearchableContactAttributesCriteria) history.Condition {
			return history.Labelled(history.Attribute, value(a.Key), a.Values)
		}))
}

func segmentsCondition(c *connectapi.SearchCriteria) (history.Condition, error) {
	if c.SearchableSegmentAttributes == nil {
		return history.Condition{}, nil
	}
	return matched("SearchCriteria.SearchableSegmentAttributes", c.SearchableSegmentAttributes.MatchType,
		mapped(c.SearchableSegmentAttributes.Criteria, func(a connectapi.SearchableSegmentAttributesCriteria) history.Condition {
			return history.Labelled(history.Segment, value(a.Key), a.Values)
		}))
}

func tagsCondition(c *connectapi.SearchCriteria) (none history.Condition, err error) {
	if c.ContactTags == nil {
		return none, nil
	}
	any, err := tagAlternatives(c.ContactTags)
	if err != nil {
		return none, err
	}
	var ors []history.Condition
	for _, all := range any {
		ors = append(ors, history.Together(history.All, mapped(all, func(t connectapi.TagCondition) history.Condition {
			var values []string
			if t.TagValue != nil {
				values = []string{*t.TagValue}
			}
			return history.Labelled(history.Tag, value(t.TagKey), values)
		})))
	}
	return history.Together(history.Any, ors), nil
}

// contactSummary is a contact as a search shows it.
func contactSummary(inst center.Instance, c lifecycle.Contact) connectapi.ContactSearchSummary {
	out := connectapi.ContactSearchSummary{
		Arn: ptr(resourceARN(inst, center.KindContact, string(c.ID))), Id: ptr(string(c.ID)), InitialContactId: optional(string(c.Initial)),
		PreviousContactId: optional(string(c.Previous)), InitiationMethod: ptr(c.Method), Channel: ptr(string(c.Channel)), Name: optional(c.Name),
		InitiationTimestamp: timestamp(c.InitiatedAt), DisconnectTimestamp: timestamp(c.DisconnectedAt), ScheduledTimestamp: timestamp(c.ScheduledAt),
		Tags: c.Tags, RoutingCriteria: criteriaOut(c.Criteria),
	}
	if c.Queue != nil {
		out.QueueInfo = &connectapi.ContactSearchSummaryQueueInfo{Id: ptr(c.Queue.Queue.ID), EnqueueTimestamp: timestamp(c.Queue.EnqueuedAt)}
	} else if c.Outbound != nil {
		out.QueueInfo = &connectapi.ContactSearchSummaryQueueInfo{Id: ptr(c.Outbound.ID)}
	}
	if h := c.Agent; h != nil {
		out.AgentInfo = &connectapi.ContactSearchSummaryAgentInfo{Id: ptr(string(h.Agent)), ConnectedToAgentTimestamp: timestamp(h.ConnectedAt)}
	}
	for k, v := range segmentOut(c.Segment) {
		if out.SegmentAttributes == nil {
			out.SegmentAttributes = map[string]connectapi.ContactSearchSummarySegmentAttributeValue{}
		}
		// The summary has no member for integers.
		out.SegmentAttributes[k] = connectapi.ContactSearchSummarySegmentAttributeValue{ValueString: cmp.Or(v.ValueString, integerText(v.ValueInteger)), ValueMap: v.ValueMap}
	}
	return out
}
