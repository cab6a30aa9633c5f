package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// tailPause is how long a tail waits when no shard had anything: two of the five reads a second that a shard of AWS has for all
// its readers.
const tailPause = 500 * time.Millisecond

func (s *streamCommand) tail() *cobra.Command {
	var (
		since string
		count int
	)
	c := s.flags(&cobra.Command{
		Use:   "tail NAME",
		Short: "Follow a stream as records arrive",
		Long: `Follow all shards of a stream, from now on or from --since, a line each: when it arrived (UTC), shard, partition key, data. A shard
that is split or merged is followed into its children, each after its parents' last record. With --json: as stream peek.

Each shard is read about twice a second. When the server goes away tail waits for it for about a minute and goes on behind the
last record of each shard.`,
		Example: `  hookswitch stream tail agent-events
  hookswitch stream tail records --since 10m
  hookswitch stream tail records --since oldest --count 100
  hookswitch stream tail agent-events --json | jq .json.EventType`,
		Args: arguments("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if count < 0 {
				return usage("--count cannot be negative")
			}
			k, err := s.open(args[0])
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			from := shardStart{latest: true}
			switch since {
			case "":
			case "oldest":
				from = startOldest
			default:
				if from.at, err = k.c.moment(ctx, "since", since); err != nil {
					return err
				}
				from.latest = false
			}
			k.c.lost = s.sayLost
			seen := 0
			return k.tail(ctx, from, func(shards int) {
				if s.terminal() && !s.json {
					fmt.Fprintln(s.err, s.paint(paintDim, fmt.Sprintf("following %s, open shards: %d; Ctrl-C ends it", k.name, shards)))
				}
			}, func(r record) error {
				if err := s.writeRecord(r, false); err != nil {
					return err
				}
				if seen++; seen == count {
					return errEnough
				}
				return nil
			})
		},
	})
	f := c.Flags()
	f.StringVar(&since, "since", "", "begin earlier: oldest, how long ago (10m), or a time (2026-01-31T09:00:00Z)")
	f.IntVar(&count, "count", 0, "stop after so many records; 0: go on until Ctrl-C")
	c.RegisterFlagCompletionFunc("since", cobra.FixedCompletions([]string{"oldest"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

// followedShard is how far a shard has been read.
type followedShard struct {
	streamShard
	from     shardStart // where to begin, or to go on when the iterator is lost
	iterator string     // "": not begun
	done     bool
}

// tailing follows one stream.
type tailing struct {
	k        *kinesisStream
	from     shardStart // of shards that are there at the beginning
	children shardStart // of shards that come later
	started  time.Time  // on the server's clock
	shards   []*followedShard
}

// tail calls take for each record of all shards from a place on, until it returns an error or ctx ends; opened is called once, when
// the place in every shard is fixed.
func (k *kinesisStream) tail(ctx context.Context, from shardStart, opened func(shards int), take func(record) error) error {
	t := &tailing{k: k, from: from, children: from}
	if from.latest {
		t.children = startOldest // they came into being after we began
	}
	t.started, _ = k.c.now(ctx)
	if err := t.begin(ctx); err != nil {
		return err
	}
	reading := 0
	for _, sh := range t.shards {
		if !sh.done {
			reading++
		}
	}
	opened(reading)
	pause, failures := followPauseLeast, 0
	for {
		found, err := t.round(ctx)
		for _, r := range found {
			if taken := take(r); errors.Is(taken, errEnough) {
				return nil
			} else if taken != nil {
				return taken
			}
		}
		wait := time.Duration(0)
		switch {
		case err != nil && !passing(err):
			return err
		case err != nil:
			if failures++; failures > followRetriesMax {
				return err
			}
			if failures == 1 && k.c.lost != nil {
				k.c.lost(err)
			}
			wait, pause = pause, min(2*pause, followPauseMost)
		default:
			failures, pause = 0, followPauseLeast
			if len(found) == 0 {
				wait = tailPause
			}
		}
		if err := k.c.sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// passing reports whether a server may do later what it could not do now.
func passing(err error) bool {
	var exit *exitError
	var broken *url.Error
	var e *amazonError
	switch {
	case errors.Is(err, context.Canceled):
		return false
	case errors.As(err, &exit):
		return exit.code == exitNoServer
	case errors.As(err, &e):
		return strings.HasPrefix(e.Code, "InternalFailure") || strings.HasPrefix(e.Code, "ServiceUnavailable") || strings.HasPrefix(e.Code, "5") || throttled(err)
	}
	return errors.As(err, &broken)
}

// begin finds the shards and fixes the place in those that are to be read at once.
func (t *tailing) begin(ctx context.Context) error {
	if err := t.look(ctx, t.from); err != nil {
		return err
	}
	for _, sh := range t.shards {
		if t.from.latest && !sh.Open {
			sh.done = true
		}
	}
	for _, sh := range t.shards {
		if err := t.start(ctx, sh); err != nil {
			return err
		}
	}
	return nil
}

// look adds the shards that are not known yet.
func (t *tailing) look(ctx context.Context, from shardStart) error {
	all, err := t.k.shards(ctx)
	if err != nil {
		return err
	}
	for _, sh := range all {
		if t.shard(sh.ID) == nil {
			t.shards = append(t.shards, &followedShard{streamShard: sh, from: from})
		}
	}
	return nil
}

func (t *tailing) shard(id string) *followedShard {
	if i := slices.IndexFunc(t.shards, func(sh *followedShard) bool { return sh.ID == id }); i >= 0 {
		return t.shards[i]
	}
	return nil
}

// start begins to read a shard, unless a parent of it is still being read.
func (t *tailing) start(ctx context.Context, sh *followedShard) (err error) {
	if sh.done || sh.iterator != "" {
		return nil
	}
	for _, p := range sh.Parents {
		if parent := t.shard(p); parent != nil && !parent.done {
			return nil
		}
	}
	sh.iterator, err = t.k.iterator(ctx, sh.ID, sh.from)
	return err
}

// round reads every shard once. What it returns was read, even when it returns an error too.
func (t *tailing) round(ctx context.Context) (found []record, err error) {
	ended := false
	for _, sh := range t.shards {
		if err = t.start(ctx, sh); err != nil {
			break
		}
		if sh.done || sh.iterator == "" {
			continue
		}
		var p shardPage
		p, err = t.k.records(ctx, sh.ID, sh.iterator, readRecordsMax)
		if lostIterator(err) {
			if sh.from.latest {
				sh.from = shardStart{at: t.started} // the newest record is another one by now
			}
			sh.iterator, err = "", nil
			continue
		}
		if err != nil {
			break
		}
		if n := len(p.records); n > 0 {
			sh.from = shardStart{after: p.records[n-1].sequence}
		}
		found = append(found, p.records...)
		sh.iterator, sh.done = p.next, p.next == ""
		ended = ended || sh.done
	}
	if ended && err == nil {
		err = t.look(ctx, t.children)
	}
	byArrival(found)
	return found, err
}

// lostIterator reports whether an iterator has to be made anew: it is too old, or the server does not know it any more.
func lostIterator(err error) bool {
	var e *amazonError
	return isCode(err, "ExpiredIteratorException") || errors.As(err, &e) && e.Code == "InvalidArgumentException" && strings.Contains(e.Message, "ShardIterator")
}
