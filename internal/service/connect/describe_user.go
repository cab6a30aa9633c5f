package connect

import (
	"context"
	"maps"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) describeUser(ctx context.Context, in *connectapi.DescribeUserInput) (*connectapi.DescribeUserOutput, error) {
	out := &connectapi.DescribeUserOutput{}
	err := s.read(ctx, in.InstanceId, func(d *directory.Directory) error {
		u, err := found(d.Users, center.KindUser, in.UserId)
		if err != nil {
			return err
		}
		out.User = &connectapi.User{
			Id: ptr(string(u.ID)), Arn: ptr(resourceARN(d.Instance, center.KindUser, string(u.ID))), Username: ptr(u.Username),
			IdentityInfo: &connectapi.UserIdentityInfo{
				FirstName: optional(u.FirstName), LastName: optional(u.LastName), Email: optional(u.Email), SecondaryEmail: optional(u.SecondaryEmail), Mobile: optional(u.Mobile),
			},
			PhoneConfig: phoneOut(u.Phone), DirectoryUserId: optional(u.DirectoryUserID), RoutingProfileId: ptr(string(u.RoutingProfile)), HierarchyGroupId: optional(string(u.Group)),
			SecurityProfileIds: mapped(u.SecurityProfiles, func(p center.SecurityProfileID) string { return string(p) }),
			Tags:               maps.Clone(u.Tags), LastModifiedTime: timestamp(u.ModifiedAt), LastModifiedRegion: region(d.Instance),
		}
		return nil
	})
	return out, err
}
