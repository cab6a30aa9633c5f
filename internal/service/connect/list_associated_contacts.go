package connect

import (
	"context"
	"strconv"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// listAssociatedContacts lists the chain that a contact belongs to, itself included, in the order in which it came about.
func (s *Service) listAssociatedContacts(ctx context.Context, in *connectapi.ListAssociatedContactsInput) (*connectapi.ListAssociatedContactsOutput, error) {
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	contact, err := s.contact(ctx, c, in.ContactId)
	if err != nil {
		return nil, err
	}
	after := int64(0)
	if value(in.NextToken) != "" {
		content, err := openToken("ListAssociatedContacts", *in.NextToken)
		if err != nil {
			return nil, err
		}
		if after, err = strconv.ParseInt(content, 10, 64); err != nil {
			return nil, invalidParameter("Invalid NextToken")
		}
	}
	n := contactsOnPage
	if in.MaxResults != nil {
		n = min(int(*in.MaxResults), contactsOnPage)
	}
	root := contact.Initial
	if root == "" {
		root = contact.ID
	}
	h, err := c.History(ctx)
	if err != nil {
		return nil, modelled(err)
	}
	hits, err := h.Chain(ctx, root, after, n+1)
	if err != nil {
		return nil, err
	}
	out := &connectapi.ListAssociatedContactsOutput{ContactSummaryList: []connectapi.AssociatedContactSummary{}}
	if len(hits) > n {
		hits = hits[:n]
		out.NextToken = sealToken("ListAssociatedContacts", strconv.FormatInt(hits[n-1].Place.N, 10))
	}
	inst := instanceOf(c)
	for _, hit := range hits {
		one, ok, err := c.Contact(ctx, hit.ID)
		if err != nil {
			return nil, modelled(err)
		}
		if ok {
			out.ContactSummaryList = append(out.ContactSummaryList, associated(inst, one))
		}
	}
	return out, nil
}

func associated(inst center.Instance, c lifecycle.Contact) connectapi.AssociatedContactSummary {
	return connectapi.AssociatedContactSummary{
		ContactId: ptr(string(c.ID)), ContactArn: ptr(resourceARN(inst, center.KindContact, string(c.ID))), Channel: ptr(string(c.Channel)),
		InitiationMethod: ptr(c.Method), InitiationTimestamp: timestamp(c.InitiatedAt), DisconnectTimestamp: timestamp(c.DisconnectedAt),
		InitialContactId: optional(string(c.Initial)), PreviousContactId: optional(string(c.Previous)), RelatedContactId: optional(string(c.Related)),
	}
}
