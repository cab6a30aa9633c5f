package perform

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/center"
)

// functions is a Lambda service with one function.
type functions struct {
	answer  string
	err     error
	payload string
}

func (f *functions) Invoke(ctx context.Context, fn arn.ARN, payload []byte) ([]byte, error) {
	if fn.Resource != "function:lookup" {
		return nil, errors.New("no such function")
	}
	if _, ok := ctx.Deadline(); !ok {
		return nil, errors.New("nobody would stop waiting")
	}
	f.payload = string(payload)
	return []byte(f.answer), f.err
}

func TestAFunctionsAnswerIsACommand(t *testing.T) {
	const lookup = "arn:aws:lambda:us-east-1:111122223333:function:lookup"
	for name, c := range map[string]struct {
		functions *functions
		arn       string
		want      center.Command
	}{
		"answers":    {&functions{answer: `{"a":"b"}`}, lookup, center.FunctionAnswered{Contact: "c", Response: `{"a":"b"}`}},
		"fails":      {&functions{err: errors.New("broken")}, lookup, center.FunctionAnswered{Contact: "c", Failed: true}},
		"another":    {&functions{}, lookup + "s", center.FunctionAnswered{Contact: "c", Failed: true}},
		"no ARN":     {&functions{}, "lookup", center.FunctionAnswered{Contact: "c", Failed: true}},
		"no service": {nil, lookup, center.FunctionAnswered{Contact: "c", Failed: true}},
	} {
		cfg := Config{Network: &line{}}
		if c.functions != nil {
			cfg.Functions = c.functions
		}
		p, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.Perform(t.Context(), "7/0", center.InvokeFunction{Contact: "c", Function: c.arn, Payload: "{}", Timeout: time.Second})
		if err != nil || got != c.want {
			t.Errorf("%s: got %#v, %v, want %#v", name, got, err, c.want)
		}
	}
}

func TestAFunctionIsAskedAgainByWhoOpensTheInstanceNext(t *testing.T) {
	p, _ := New(Config{Network: &line{}, Functions: &functions{err: context.Canceled}})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got, err := p.Perform(ctx, "7/0", center.InvokeFunction{Contact: "c", Function: "arn:aws:lambda:us-east-1:111122223333:function:lookup", Timeout: time.Second})
	if got != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("got %#v, %v", got, err)
	}
}
