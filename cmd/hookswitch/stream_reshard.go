package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

// Bounds of waiting for a stream to become active again.
const (
	reshardLook     = 500 * time.Millisecond
	reshardLooksMax = 3600 // half an hour: AWS takes minutes for many shards
)

func (s *streamCommand) reshard() *cobra.Command {
	var (
		shards int
		wait   bool
	)
	c := s.flags(&cobra.Command{
		Use:   "reshard NAME --shards N",
		Short: "Change the number of open shards",
		Long: `Change the number of open shards with UpdateShardCount, which splits and merges until all have the same share of the hash keys, and
wait until the stream is ACTIVE again. At most twice as many shards as there are, and at least half as many, can be had at once. A
server without that operation says so, and nothing is changed.`,
		Example: "  hookswitch stream reshard agent-events --shards 4\n  hookswitch stream reshard agent-events --shards 2 --wait=false --json",
		Args:    arguments("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if shards < 1 {
				return usage("--shards %d: want how many shards the stream is to have", shards)
			}
			k, err := s.open(args[0])
			if err != nil {
				return err
			}
			return s.rescale(cmd.Context(), k, shards, wait)
		},
	})
	f := c.Flags()
	f.IntVar(&shards, "shards", 0, "how many open shards the stream is to have")
	f.BoolVar(&wait, "wait", true, "wait until the stream is ACTIVE again")
	return c
}

// resharded is what has become of a stream.
type resharded struct {
	Stream string `json:"stream"`
	Before int    `json:"before"`
	Target int    `json:"target"`
	Status string `json:"status"`
}

func (s *streamCommand) rescale(ctx context.Context, k *kinesisStream, shards int, wait bool) error {
	var out struct {
		StreamName                          string
		CurrentShardCount, TargetShardCount int
	}
	if err := k.ask(ctx, "UpdateShardCount", object{"TargetShardCount": shards, "ScalingType": "UNIFORM_SCALING"}, &out); err != nil {
		return err
	}
	r := resharded{firstOf(out.StreamName, k.name), out.CurrentShardCount, out.TargetShardCount, "UPDATING"}
	if wait {
		about, err := s.awaitActive(ctx, k)
		if err != nil {
			return err
		}
		r.Status = about.Status
	}
	if s.json {
		return s.writeJSON(r)
	}
	_, err := fmt.Fprintf(s.out, "%s: open shards %d → %d, %s\n", r.Stream, r.Before, r.Target, r.Status)
	return err
}

// awaitActive waits until a stream is no longer being changed.
func (s *streamCommand) awaitActive(ctx context.Context, k *kinesisStream) (streamSummary, error) {
	defer s.progress("")
	for n := range reshardLooksMax {
		about, err := k.summary(ctx)
		if err != nil || about.Status == "ACTIVE" {
			return about, err
		}
		s.progress(fmt.Sprintf("%s is %s, open shards: %d", k.name, about.Status, about.OpenShards))
		if n == 0 {
			if _, stands := k.c.now(ctx); stands {
				return about, fmt.Errorf("%s is %s, and stays it while the server's clock stands still: move it on with POST %s/_hookswitch/clock {\"advance\":\"1m\"}", k.name, about.Status, k.c.endpoint)
			}
		}
		if err := k.c.sleep(ctx, reshardLook); err != nil {
			return about, err
		}
	}
	return streamSummary{}, fmt.Errorf("%s is not ACTIVE after %v", k.name, reshardLooksMax*reshardLook)
}
