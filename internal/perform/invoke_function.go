package perform

import (
	"context"
	"fmt"

	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/center"
)

// invokeFunction invokes a Lambda function for a flow. Whatever goes wrong is an answer too: the flow has a branch for it,
// and waits no longer than the effect says.
func (p *Performer) invokeFunction(ctx context.Context, e center.InvokeFunction) (center.Command, error) {
	failed := center.FunctionAnswered{Contact: e.Contact, Failed: true}
	fn, err := arn.Parse(e.Function)
	if err != nil || p.functions == nil {
		return failed, nil
	}
	waiting, cancel := context.WithTimeout(ctx, e.Timeout)
	defer cancel()
	answer, err := p.functions.Invoke(waiting, fn, []byte(e.Payload))
	if ctx.Err() != nil {
		return nil, fmt.Errorf("invoke %s for contact %s: %w", fn, e.Contact, ctx.Err())
	}
	if err != nil {
		p.log.Info("a function that a flow invoked has failed", "function", fn.String(), "contact", string(e.Contact), "err", err)
		return failed, nil
	}
	return center.FunctionAnswered{Contact: e.Contact, Response: string(answer)}, nil
}
