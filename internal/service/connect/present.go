package connect

import (
	"context"
	"errors"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// present is a Center that was there when a request came. What fails because the instance was deleted since is refused
// as that, and is no failure of ours.
type present struct {
	Center
	gone func() bool
}

func (s *Service) present(ctx context.Context, c Center) Center {
	caller, id := wire.CallerFrom(ctx), instanceOf(c).ID
	return present{c, func() bool {
		_, err := s.cfg.Centers.Find(caller.Account, caller.Region, id)
		return err != nil && noSuch(err)
	}}
}

// Submit is Center's.
func (p present) Submit(ctx context.Context, cmd center.Command) (center.Step, error) {
	step, err := p.Center.Submit(ctx, cmd)
	return step, p.explained(err)
}

// Contact is Center's.
func (p present) Contact(ctx context.Context, id center.ContactID) (lifecycle.Contact, bool, error) {
	c, ok, err := p.Center.Contact(ctx, id)
	return c, ok, p.explained(err)
}

func (p present) explained(err error) error {
	var r *center.Refused
	if err != nil && !errors.As(err, &r) && p.gone() {
		return &center.Refused{Reason: center.Deleted, Kind: center.KindInstance}
	}
	return err
}
