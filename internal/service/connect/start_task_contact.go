package connect

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

// contactExpiry is the one segment attribute that a task may be started with: how long it lives, in minutes.
const contactExpiry = "connect:ContactExpiry"

// startTaskContact starts a task, at once or at its scheduled time.
func (s *Service) startTaskContact(ctx context.Context, in *connectapi.StartTaskContactInput) (*connectapi.StartTaskContactOutput, error) {
	if err := refuseSet(
		member{"Attachments", len(in.Attachments) > 0},
	); err != nil {
		return nil, err
	}
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	cmd := center.StartTask{
		Flow: flowID(in.ContactFlowId), Name: value(in.Name), Description: value(in.Description), Attributes: in.Attributes,
		Previous: id[center.ContactID](in.PreviousContactId), Related: id[center.ContactID](in.RelatedContactId), ScheduledAt: value(in.ScheduledTime), ClientToken: value(in.ClientToken),
	}
	if cmd.References, err = referencesIn(in.References); err != nil {
		return nil, err
	}
	if cmd.Expiry, err = expiryIn(in.SegmentAttributes); err != nil {
		return nil, err
	}
	c.View().Directory(func(d *directory.Directory) { err = resolve(d, in, &cmd) })
	if err != nil {
		return nil, err
	}
	if err := s.chain(ctx, c, in, &cmd); err != nil {
		return nil, err
	}
	contact, err := startedContact(c.Submit(ctx, cmd))
	if err != nil {
		return nil, modelled(err)
	}
	return &connectapi.StartTaskContactOutput{ContactId: ptr(contact)}, nil
}

// resolve finds out which flow a task runs: the one that the request names, or that of its template or quick connect.
func resolve(d *directory.Directory, in *connectapi.StartTaskContactInput, cmd *center.StartTask) error {
	if in.TaskTemplateId != nil {
		if err := fromTemplate(d, in, cmd); err != nil {
			return err
		}
	}
	if in.QuickConnectId != nil {
		if err := throughQuickConnect(d, in, cmd); err != nil {
			return err
		}
	}
	if cmd.Flow == "" {
		return invalidRequest("One of ContactFlowId, QuickConnectId and a TaskTemplateId with a flow is required")
	}
	return nil
}

// chain looks up the contacts that a task is linked to. What continues a completed contact takes its root and its
// attributes from here, since the center has let go of it.
func (s *Service) chain(ctx context.Context, c Center, in *connectapi.StartTaskContactInput, cmd *center.StartTask) error {
	var err error
	if cmd.Attributes, err = s.withRelated(ctx, c, in.RelatedContactId, in.Attributes); err != nil || in.PreviousContactId == nil {
		return err
	}
	p, err := s.contact(ctx, c, in.PreviousContactId)
	if err != nil {
		return err
	}
	if cmd.Initial = p.Initial; cmd.Initial == "" {
		cmd.Initial = p.ID
	}
	cmd.Link = p.Link + 1
	cmd.Attributes = merged(p.Attributes, cmd.Attributes)
	return nil
}

func expiryIn(segment map[string]connectapi.SegmentAttributeValue) (time.Duration, error) {
	for _, name := range slices.Sorted(maps.Keys(segment)) {
		if name != contactExpiry {
			return 0, invalidParameter("SegmentAttributes.%s is not supported", name)
		}
	}
	v, ok := segment[contactExpiry]
	if !ok {
		return 0, nil
	}
	minutes := v.ValueMap["ExpiryDuration"].ValueInteger
	if len(v.ValueMap) != 1 || v.ValueString != nil || v.ValueInteger != nil || minutes == nil || *minutes < 1 {
		return 0, invalidParameter("SegmentAttributes.%s must be a map with ExpiryDuration in minutes", contactExpiry)
	}
	return time.Duration(*minutes) * time.Minute, nil
}
