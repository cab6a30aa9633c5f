// Package perform carries out effects: one file each. What came of an effect is a command for the machine. Whoever calls
// may ask twice under the same id, and gets what the world makes of it.
package perform

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/courier"
	"github.com/hookswitch/hookswitch/internal/telephony"
)

// ErrUnknownEffect means that there is no hand for an effect: the program is older than the journal it runs.
var ErrUnknownEffect = errors.New("no one can carry out this effect")

// Config sets a Performer up.
type Config struct {
	Network   telephony.Network // required: carries the calls
	Functions courier.Invoker   // invokes Lambda functions; nil: there are none, and flows that invoke one take its error branch
	Logger    *slog.Logger      // nil: nothing is logged
}

// Performer carries out the effects of any number of instances. It is safe for concurrent use.
type Performer struct {
	network   telephony.Network
	functions courier.Invoker
	log       *slog.Logger
}

// New returns a Performer. It fails without a network.
func New(cfg Config) (*Performer, error) {
	if cfg.Network == nil {
		return nil, errors.New("perform: Config.Network is missing")
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Performer{network: cfg.Network, functions: cfg.Functions, log: cfg.Logger}, nil
}

// Perform carries out one effect and returns the command that tells the machine what came of it. An error means that
// it should be tried again under the same id.
func (p *Performer) Perform(ctx context.Context, id center.EffectID, e center.Effect) (center.Command, error) {
	switch e := e.(type) {
	case center.DialCustomer:
		return p.dialCustomer(ctx, e)
	case center.DialParty:
		return p.dialParty(ctx, e)
	case center.InvokeFunction:
		return p.invokeFunction(ctx, e)
	case center.ReleaseLine:
		return p.releaseLine(ctx, e)
	}
	return nil, fmt.Errorf("effect %s of type %T: %w", id, e, ErrUnknownEffect)
}
