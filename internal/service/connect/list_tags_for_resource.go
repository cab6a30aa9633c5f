package connect

import (
	"context"
	"maps"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func (s *Service) listTagsForResource(ctx context.Context, in *connectapi.ListTagsForResourceInput) (*connectapi.ListTagsForResourceOutput, error) {
	c, kind, name, err := s.tagged(ctx, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	var tags map[string]string
	var ok bool
	c.View().Directory(func(d *directory.Directory) { tags, ok = d.Tags(kind, name) })
	if !ok {
		return nil, notFound(kind, name)
	}
	out := &connectapi.ListTagsForResourceOutput{Tags: map[string]string{}}
	maps.Copy(out.Tags, tags)
	return out, nil
}
