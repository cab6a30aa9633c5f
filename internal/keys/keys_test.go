package keys

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestADataKeyIsNotPrinted(t *testing.T) {
	d := DataKey{Key: "arn:k", Plain: []byte("hush"), Wrapped: []byte("blob")}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, d); got != "data key under arn:k" {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}

func TestWho(t *testing.T) {
	for want, c := range map[string]Caller{
		"arn:aws:iam::1:root":    {Account: "1"},
		"arn:aws-cn:iam::1:root": {Account: "1", Partition: "aws-cn"},
		"connect.amazonaws.com":  {Account: "1", Principal: "connect.amazonaws.com"},
	} {
		if got := c.Who(); got != want {
			t.Errorf("%+v is %s, want %s", c, got, want)
		}
	}
}

func TestNoneRefusesEverything(t *testing.T) {
	var n None
	_, resolve := n.Resolve(t.Context(), Caller{}, "x")
	_, generate := n.Generate(t.Context(), Caller{}, "x", nil)
	_, unwrap := n.Unwrap(t.Context(), Caller{}, nil, nil)
	for _, err := range []error{resolve, generate, unwrap, n.Check(t.Context(), Caller{}, "x", Decrypt)} {
		var e *Error
		if !errors.As(err, &e) || e.Kind != NotFound || !strings.Contains(e.Error(), "no key provider") {
			t.Errorf("refused with %v", err)
		}
	}
	if n.Version() != 0 {
		t.Error("None changes")
	}
}
