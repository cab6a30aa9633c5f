package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) listSecurityProfiles(ctx context.Context, in *connectapi.ListSecurityProfilesInput) (*connectapi.ListSecurityProfilesOutput, error) {
	out := &connectapi.ListSecurityProfilesOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		out.SecurityProfileSummaryList, out.NextToken, err = listedOf("ListSecurityProfiles", d.Security, nil, in.NextToken, in.MaxResults, func(p center.SecurityProfile) connectapi.SecurityProfileSummary {
			return connectapi.SecurityProfileSummary{
				Id: ptr(string(p.ID)), Arn: ptr(resourceARN(d.Instance, center.KindSecurityProfile, string(p.ID))), Name: ptr(p.Name),
				LastModifiedTime: timestamp(p.ModifiedAt), LastModifiedRegion: region(d.Instance),
			}
		})
		return err
	})
}
