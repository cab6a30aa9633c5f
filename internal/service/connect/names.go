package connect

import (
	"strconv"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/center"
)

// ptr returns a pointer to a copy.
func ptr[T any](v T) *T { return &v }

// optional returns nil for the zero value: members without a value are left out of answers.
func optional[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// timestamp returns nil for the zero time.
func timestamp(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// integerText returns an integer as a text, or nil.
func integerText(n *int32) *string {
	if n == nil {
		return nil
	}
	return ptr(strconv.Itoa(int(*n)))
}

// value returns what a member holds, or the zero value.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// resourceARN names a resource of an instance.
func resourceARN(inst center.Instance, k center.Kind, id string) string {
	if k == center.KindPhoneNumber {
		return numberARN(inst, center.PhoneNumberID(id))
	}
	return inst.ARN + "/" + string(k) + "/" + id
}

// queueARN names a queue: an agent's own is named after the agent.
func queueARN(inst center.Instance, q center.QueueID, agents bool) string {
	if agents {
		return inst.ARN + "/queue/agent/" + string(q)
	}
	return inst.ARN + "/queue/" + string(q)
}

// numberARN names a phone number, which belongs to the account and not to an instance.
func numberARN(inst center.Instance, id center.PhoneNumberID) string {
	a, err := arn.Parse(inst.ARN)
	if err != nil {
		return ""
	}
	a.Resource = "phone-number/" + string(id)
	return a.String()
}

// bare takes the id out of a member that may hold an id or an ARN. Flow ids may carry a version (":$LATEST"), which the
// caller sees as part of it.
func bare(idOrARN string) string {
	if !strings.HasPrefix(idOrARN, "arn:") {
		return idOrARN
	}
	return idOrARN[strings.LastIndexByte(idOrARN, '/')+1:]
}

func id[T ~string](member *string) T { return T(bare(value(member))) }

// region returns where an instance is, as LastModifiedRegion wants it.
func region(inst center.Instance) *string {
	a, err := arn.Parse(inst.ARN)
	if err != nil {
		return nil
	}
	return &a.Region
}
