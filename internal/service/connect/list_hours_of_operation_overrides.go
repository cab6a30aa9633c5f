package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) listHoursOfOperationOverrides(ctx context.Context, in *connectapi.ListHoursOfOperationOverridesInput) (*connectapi.ListHoursOfOperationOverridesOutput, error) {
	out := &connectapi.ListHoursOfOperationOverridesOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		h, err := found(d.Hours, center.KindHours, in.HoursOfOperationId)
		if err != nil {
			return err
		}
		out.LastModifiedTime, out.LastModifiedRegion = timestamp(h.ModifiedAt), region(d.Instance)
		out.HoursOfOperationOverrideList, out.NextToken, err = listed("ListHoursOfOperationOverrides", overridesOf(h), override.key, in.NextToken, in.MaxResults,
			func(o override) connectapi.HoursOfOperationOverride { return overrideOut(d, o) })
		return err
	})
}
