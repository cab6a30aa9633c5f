package connect

import (
	"context"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) listSecurityProfilePermissions(ctx context.Context, in *connectapi.ListSecurityProfilePermissionsInput) (*connectapi.ListSecurityProfilePermissionsOutput, error) {
	out := &connectapi.ListSecurityProfilePermissionsOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		p, err := found(d.Security, center.KindSecurityProfile, in.SecurityProfileId)
		if err != nil {
			return err
		}
		out.LastModifiedTime, out.LastModifiedRegion = timestamp(p.ModifiedAt), region(d.Instance)
		all := slices.Sorted(slices.Values(p.Permissions))
		out.Permissions, out.NextToken, err = listed("ListSecurityProfilePermissions", all, self, in.NextToken, in.MaxResults, self)
		return err
	})
}
