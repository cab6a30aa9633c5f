package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) listUserProficiencies(ctx context.Context, in *connectapi.ListUserProficienciesInput) (*connectapi.ListUserProficienciesOutput, error) {
	out := &connectapi.ListUserProficienciesOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		u, err := found(d.Users, center.KindUser, in.UserId)
		if err != nil {
			return err
		}
		out.LastModifiedTime, out.LastModifiedRegion = timestamp(u.ModifiedAt), region(d.Instance)
		key := func(p center.Proficiency) string { return p.Attribute + "\x00" + p.Value }
		out.UserProficiencyList, out.NextToken, err = listed("ListUserProficiencies", u.Proficiencies, key, in.NextToken, in.MaxResults, func(p center.Proficiency) connectapi.UserProficiency {
			return connectapi.UserProficiency{AttributeName: ptr(p.Attribute), AttributeValue: ptr(p.Value), Level: ptr(p.Level)}
		})
		return err
	})
}
