package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) listRoutingProfiles(ctx context.Context, in *connectapi.ListRoutingProfilesInput) (*connectapi.ListRoutingProfilesOutput, error) {
	out := &connectapi.ListRoutingProfilesOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		out.RoutingProfileSummaryList, out.NextToken, err = listedOf("ListRoutingProfiles", d.Profiles, nil, in.NextToken, in.MaxResults, func(p center.RoutingProfile) connectapi.RoutingProfileSummary {
			return connectapi.RoutingProfileSummary{
				Id: ptr(string(p.ID)), Arn: ptr(resourceARN(d.Instance, center.KindRoutingProfile, string(p.ID))), Name: ptr(p.Name),
				LastModifiedTime: timestamp(p.ModifiedAt), LastModifiedRegion: region(d.Instance),
			}
		})
		return err
	})
}
