package connect

import (
	"context"
	"errors"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

// updatePhoneNumber moves a number to another instance of the account and Region. Its id, ARN, description and tags stay
// with it; its flow, documented, does not.
func (s *Service) updatePhoneNumber(ctx context.Context, in *connectapi.UpdatePhoneNumberInput) (*connectapi.UpdatePhoneNumberOutput, error) {
	return once(ctx, s.tokens, "UpdatePhoneNumber", in.ClientToken, in, tokenMisused(), func() (*connectapi.UpdatePhoneNumberOutput, error) {
		to, err := s.targetCenter(ctx, in.TargetArn, in.InstanceId)
		if err != nil {
			return nil, err
		}
		ctx, leave, err := s.enterNumbers(ctx)
		if err != nil {
			return nil, err
		}
		defer leave()
		have, err := s.holders(ctx, in.PhoneNumberId)
		if err != nil {
			return nil, err
		}
		if err := move(ctx, have, to); err != nil {
			return nil, err
		}
		id := have[0].number.ID
		return &connectapi.UpdatePhoneNumberOutput{PhoneNumberId: ptr(string(id)), PhoneNumberArn: ptr(numberARN(instanceOf(to), id))}, nil
	})
}

// move takes a number to an instance and from all others. The two are steps of different journals: it is there before it
// is gone, so that nothing is lost when the second does not happen, and the same call again finishes what is left to do.
func move(ctx context.Context, have []holder, to Center) error {
	n, target := have[0].number, instanceOf(to).ID
	others := slices.DeleteFunc(slices.Clone(have), func(h holder) bool { return instanceOf(h).ID == target })
	for _, h := range others {
		var err error
		h.View().Directory(func(d *directory.Directory) { err = d.CheckRelease(n.ID) })
		if err != nil {
			return modelled(err)
		}
	}
	adopts := instanceOf(have[0]).ID != target
	if adopts {
		if _, err := to.Submit(ctx, center.AdoptPhoneNumber{Number: n}); err != nil {
			return modelled(err)
		}
	}
	for _, h := range slices.Backward(others) { // whose it was, is the last: until then the move can be undone
		_, err := h.Submit(ctx, center.ReleasePhoneNumber{ID: n.ID})
		var r *center.Refused
		switch {
		case err == nil, errors.As(err, &r) && (r.Reason == center.NotFound || r.Reason == center.Deleted):
		case r == nil:
			return err // not as throttling, which says that nothing was done
		default:
			// A queue has begun to call out with it: what is refused changes nothing, unless one of the target has as well.
			if adopts {
				if _, undo := to.Submit(ctx, center.ReleasePhoneNumber{ID: n.ID}); undo != nil && !errors.As(undo, &r) {
					return undo
				}
			}
			return modelled(err)
		}
	}
	return nil
}
