package connect

import (
	"context"
	"maps"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) describeSecurityProfile(ctx context.Context, in *connectapi.DescribeSecurityProfileInput) (*connectapi.DescribeSecurityProfileOutput, error) {
	out := &connectapi.DescribeSecurityProfileOutput{}
	err := s.read(ctx, in.InstanceId, func(d *directory.Directory) error {
		p, err := found(d.Security, center.KindSecurityProfile, in.SecurityProfileId)
		if err != nil {
			return err
		}
		out.SecurityProfile = &connectapi.SecurityProfile{
			Id: ptr(string(p.ID)), OrganizationResourceId: ptr(string(d.Instance.ID)), Arn: ptr(resourceARN(d.Instance, center.KindSecurityProfile, string(p.ID))),
			SecurityProfileName: ptr(p.Name), Description: optional(p.Description), Tags: maps.Clone(p.Tags),
			LastModifiedTime: timestamp(p.ModifiedAt), LastModifiedRegion: region(d.Instance),
		}
		return nil
	})
	return out, err
}
