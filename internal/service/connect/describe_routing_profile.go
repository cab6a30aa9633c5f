package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) describeRoutingProfile(ctx context.Context, in *connectapi.DescribeRoutingProfileInput) (*connectapi.DescribeRoutingProfileOutput, error) {
	out := &connectapi.DescribeRoutingProfileOutput{}
	err := s.read(ctx, in.InstanceId, func(d *directory.Directory) error {
		p, err := found(d.Profiles, center.KindRoutingProfile, in.RoutingProfileId)
		if err != nil {
			return err
		}
		out.RoutingProfile = ptr(routingProfileOut(d, p, usersOfProfiles(d)[p.ID]))

		return nil
	})
	return out, err
}
