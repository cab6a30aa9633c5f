package perform

import (
	"context"
	"fmt"

	"github.com/hookswitch/hookswitch/internal/center"
)

func (p *Performer) releaseLine(ctx context.Context, e center.ReleaseLine) (center.Command, error) {
	if err := p.network.Release(ctx, e.Contact); err != nil {
		return nil, fmt.Errorf("release the line of contact %s: %w", e.Contact, err)
	}
	return center.Done{}, nil
}
