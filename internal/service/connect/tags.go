package connect

import (
	"context"
	"strings"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// tagged finds the instance, kind and id of a resource that a tag operation names by its ARN.
func (s *Service) tagged(ctx context.Context, resource *string) (Center, center.Kind, string, error) {
	a, err := arn.Parse(value(resource))
	if err != nil || a.Service != "connect" {
		return nil, "", "", invalidParameter("resourceArn: %q does not name a resource of Amazon Connect", value(resource))
	}
	caller := wire.CallerFrom(ctx)
	missing := &connectapi.ResourceNotFoundException{Message: "The specified resource was not found: " + value(resource)}
	if a.Account != caller.Account || a.Region != caller.Region {
		return nil, "", "", missing
	}
	parts := strings.Split(a.Resource, "/")
	if len(parts) == 2 && parts[0] == "phone-number" {
		c, n, err := s.number(ctx, &parts[1])
		return c, center.KindPhoneNumber, string(n.ID), err
	}
	if parts[0] != "instance" || len(parts) != 2 && len(parts) != 4 || len(parts) == 4 && parts[2] == string(center.KindPhoneNumber) {
		return nil, "", "", missing
	}
	c, err := s.find(ctx, &parts[1])
	if err != nil {
		return nil, "", "", err
	}
	if len(parts) == 2 {
		return c, center.KindInstance, parts[1], nil
	}
	return c, center.Kind(parts[2]), parts[3], nil
}

// changeTags sets and removes tags of the resource that a tag operation names.
func (s *Service) changeTags(ctx context.Context, resource *string, set map[string]string, remove []string) error {
	if strings.Contains(value(resource), ":phone-number/") { // it could move meanwhile
		var leave func()
		var err error
		if ctx, leave, err = s.enterNumbers(ctx); err != nil {
			return err
		}
		defer leave()
	}
	c, kind, name, err := s.tagged(ctx, resource)
	if err != nil {
		return err
	}
	if _, err := c.Submit(ctx, center.ChangeTags{Kind: kind, ID: name, Set: set, Remove: remove}); err != nil {
		return modelled(err)
	}
	return nil
}
