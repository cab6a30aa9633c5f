package kinesis

import "fmt"

// Limits are an account's limits in one region. What is 0 is as the real service has it for a new account.
type Limits struct {
	Shards          int // open shards of provisioned streams; 0: 20,000 in the three large regions, 6,000 elsewhere
	OnDemandStreams int // on-demand streams; 0: 50
	CreatingStreams int // streams in state CREATING at once; 0: 5
}

const (
	shardsLimitLarge     = 20000
	shardsLimit          = 6000
	onDemandStreamsLimit = 50
	creatingStreamsLimit = 5

	// shardsLimitMax keeps the description of a stream that takes all of them well within one record of storage.
	shardsLimitMax = 50000
	// limitMax is the most that DescribeLimits can say.
	limitMax = 1000000

	// onDemandShards is how many shards an on-demand stream starts with.
	onDemandShards = 4
)

func (l Limits) validate() (errs []error) {
	for _, limit := range []struct {
		name   string
		n, max int
	}{{"Shards", l.Shards, shardsLimitMax}, {"OnDemandStreams", l.OnDemandStreams, limitMax}, {"CreatingStreams", l.CreatingStreams, limitMax}} {
		if limit.n < 0 || limit.n > limit.max {
			errs = append(errs, fmt.Errorf("kinesis: Limits.%s is %d, not between 0 and %d", limit.name, limit.n, limit.max))
		}
	}
	return errs
}

func (l Limits) in(region string) Limits {
	if l.Shards == 0 {
		switch region {
		case "us-east-1", "us-west-2", "eu-west-1":
			l.Shards = shardsLimitLarge
		default:
			l.Shards = shardsLimit
		}
	}
	if l.OnDemandStreams == 0 {
		l.OnDemandStreams = onDemandStreamsLimit
	}
	if l.CreatingStreams == 0 {
		l.CreatingStreams = creatingStreamsLimit
	}
	return l
}

// usage is what an account uses of its limits.
type usage struct{ shards, onDemand, creating int }

func (u usage) plus(v usage) usage {
	return usage{u.shards + v.shards, u.onDemand + v.onDemand, u.creating + v.creating}
}

// check returns why more would be too much, or nil.
func (u usage) check(more usage, l Limits, a account) error {
	switch {
	case u.creating+more.creating > l.CreatingStreams:
		return limitExceeded(fmt.Sprintf("This request would exceed the limit of %d streams in the CREATING state for the account %s in %s.",
			l.CreatingStreams, a.id, a.region))
	case more.onDemand > 0 && u.onDemand+more.onDemand > l.OnDemandStreams:
		return limitExceeded(fmt.Sprintf("This request would exceed the on-demand stream limit for the account %s in %s. Current on-demand stream count for the account: %d. Limit: %d.",
			a.id, a.region, u.onDemand, l.OnDemandStreams))
	case more.shards > 0 && u.shards+more.shards > l.Shards:
		return errShardLimit(a, u.shards, l.Shards, more.shards)
	}
	return nil
}
