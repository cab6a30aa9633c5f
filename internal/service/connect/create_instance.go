package connect

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// keyBytes is the size of an instance's key, from which all its identities are derived.
const keyBytes = 32

// createInstance makes an instance with all that AWS gives a new one. It is ACTIVE when this returns.
func (s *Service) createInstance(ctx context.Context, in *connectapi.CreateInstanceInput) (*connectapi.CreateInstanceOutput, error) {
	caller := wire.CallerFrom(ctx)
	if value(in.IdentityManagementType) == connectapi.DirectoryTypeExistingDirectory {
		return nil, invalidRequest("IdentityManagementType EXISTING_DIRECTORY is not supported: there is no directory service here")
	}
	if err := refuseSet(member{"DirectoryId", in.DirectoryId != nil}); err != nil {
		return nil, err
	}
	if value(in.IdentityManagementType) != connectapi.DirectoryTypeExistingDirectory && value(in.InstanceAlias) == "" {
		return nil, invalidRequest("InstanceAlias is required for identity management type %s", value(in.IdentityManagementType))
	}
	finish, out, err := begin[connectapi.CreateInstanceOutput](s.tokens, caller, "CreateInstance", in.ClientToken, in)
	if err != nil || out != nil {
		return out, err
	}
	defer func() { finish(out) }()

	var random [keyBytes + 16]byte
	if _, err := io.ReadFull(s.cfg.Random, random[:]); err != nil {
		return nil, fmt.Errorf("draw the key of an instance: %w", err)
	}
	key := random[:keyBytes]
	inst := center.Instance{
		ID:                 center.InstanceID(center.DeriveID(random[keyBytes:], 0, 0)),
		Alias:              value(in.InstanceAlias),
		IdentityManagement: value(in.IdentityManagementType),
		Attributes: map[string]string{
			connectapi.InstanceAttributeTypeInboundCalls:  strconv.FormatBool(value(in.InboundCallsEnabled)),
			connectapi.InstanceAttributeTypeOutboundCalls: strconv.FormatBool(value(in.OutboundCallsEnabled)),
		},
		Tags: in.Tags,
	}
	inst.ARN = arn.ARN{Partition: partition(caller), Service: "connect", Region: caller.Region, Account: caller.Account, Resource: "instance/" + string(inst.ID)}.String()
	if err := s.cfg.Centers.Create(ctx, caller.Account, caller.Region, center.CreateInstance{Instance: inst, Key: key}); err != nil {
		return nil, modelled(err)
	}
	out = &connectapi.CreateInstanceOutput{Id: ptr(string(inst.ID)), Arn: ptr(inst.ARN)}
	return out, nil
}

func partition(c wire.Caller) string {
	if c.Partition == "" {
		return "aws"
	}
	return c.Partition
}
