package connect

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// keyBytes is the size of an instance's key, from which all its identities are derived.
const keyBytes = 32

// createInstance makes an instance with all that AWS gives a new one. It is ACTIVE when this returns. The id of an
// instance that is created with a client token is derived from the token, so that a repeat is known after a restart too.
func (s *Service) createInstance(ctx context.Context, in *connectapi.CreateInstanceInput) (*connectapi.CreateInstanceOutput, error) {
	if value(in.IdentityManagementType) == connectapi.DirectoryTypeExistingDirectory {
		return nil, invalidRequest("IdentityManagementType EXISTING_DIRECTORY is not supported: there is no directory service here")
	}
	if in.DirectoryId != nil {
		return nil, invalidRequest("DirectoryId is only allowed for identity management type EXISTING_DIRECTORY")
	}
	if value(in.InstanceAlias) == "" {
		return nil, invalidRequest("InstanceAlias is required for identity management type %s", value(in.IdentityManagementType))
	}
	misused := invalidRequest("ClientToken was used before with other parameters")
	return once(ctx, s.tokens, "CreateInstance", in.ClientToken, in, misused, func() (*connectapi.CreateInstanceOutput, error) {
		if value(in.ClientToken) == "" {
			return s.newInstance(ctx, in, "")
		}
		caller := wire.CallerFrom(ctx)
		id := instanceOfToken(caller, *in.ClientToken)
		if c, err := s.cfg.Centers.Find(caller.Account, caller.Region, id); err == nil {
			i := instanceOf(c)
			if i.Alias != *in.InstanceAlias || i.IdentityManagement != *in.IdentityManagementType {
				return nil, misused
			}
			return &connectapi.CreateInstanceOutput{Id: ptr(string(i.ID)), Arn: ptr(i.ARN)}, nil
		}
		out, err := s.newInstance(ctx, in, id)
		if taken(err) { // perhaps the id is, by an instance that was deleted since; then the token is as good as new
			return s.newInstance(ctx, in, "")
		}
		return out, err
	})
}

// newInstance creates an instance with an id of its own, or with a random one where id is empty.
func (s *Service) newInstance(ctx context.Context, in *connectapi.CreateInstanceInput, id center.InstanceID) (*connectapi.CreateInstanceOutput, error) {
	caller := wire.CallerFrom(ctx)
	var random [keyBytes + 16]byte
	if _, err := io.ReadFull(s.cfg.Random, random[:]); err != nil {
		return nil, fmt.Errorf("draw the key of an instance: %w", err)
	}
	if id == "" {
		id = center.InstanceID(center.DeriveID(random[keyBytes:], 0, 0))
	}
	inst := center.Instance{
		ID: id, Alias: value(in.InstanceAlias), IdentityManagement: value(in.IdentityManagementType), Tags: in.Tags,
		ARN: arn.ARN{Partition: partition(caller), Service: "connect", Region: caller.Region, Account: caller.Account, Resource: "instance/" + string(id)}.String(),
		Attributes: map[string]string{
			connectapi.InstanceAttributeTypeInboundCalls:  strconv.FormatBool(value(in.InboundCallsEnabled)),
			connectapi.InstanceAttributeTypeOutboundCalls: strconv.FormatBool(value(in.OutboundCallsEnabled)),
		},
	}
	err := s.cfg.Centers.Create(ctx, caller.Account, caller.Region, center.CreateInstance{Instance: inst, Key: random[:keyBytes]})
	var r *center.Refused
	if errors.As(err, &r) && r.Reason == center.Duplicate {
		return nil, invalidRequest(aliasTaken)
	}
	if err != nil {
		return nil, modelled(err)
	}
	return &connectapi.CreateInstanceOutput{Id: ptr(string(inst.ID)), Arn: ptr(inst.ARN)}, nil
}

// aliasTaken is AWS's message (seen in an issue of the Terraform provider).
const aliasTaken = "Invalid Input. Instance alias is already used."

func taken(err error) bool {
	var e *connectapi.InvalidRequestException
	return errors.As(err, &e) && e.Message == aliasTaken
}

// instanceOfToken is the id of the instance that a client token of an account and Region creates.
func instanceOfToken(c wire.Caller, token string) center.InstanceID {
	key := sha256.Sum256([]byte(strings.Join([]string{"CreateInstance", c.Account, c.Region, token}, "\x00")))
	return center.InstanceID(center.DeriveID(key[:], 0, 0))
}

func partition(c wire.Caller) string {
	if c.Partition == "" {
		return "aws"
	}
	return c.Partition
}
