package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) listUsers(ctx context.Context, in *connectapi.ListUsersInput) (*connectapi.ListUsersOutput, error) {
	out := &connectapi.ListUsersOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		out.UserSummaryList, out.NextToken, err = listedOf("ListUsers", d.Users, nil, in.NextToken, in.MaxResults, func(u center.User) connectapi.UserSummary {
			return connectapi.UserSummary{
				Id: ptr(string(u.ID)), Arn: ptr(resourceARN(d.Instance, center.KindUser, string(u.ID))), Username: ptr(u.Username),
				LastModifiedTime: timestamp(u.ModifiedAt), LastModifiedRegion: region(d.Instance),
			}
		})
		return err
	})
}
