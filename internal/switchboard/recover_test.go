package switchboard

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/machine"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
)

func TestRecoveryIsTheSameWithAndWithoutCheckpoints(t *testing.T) {
	for seed := range uint64(4) {
		b := newBench(t)
		b.open(func(c *Config) { c.CheckpointEvery = 37 })
		b.populate(3)
		r := rand.New(rand.NewPCG(seed, 7))
		for range 400 {
			b.random(r)
		}
		lived := b.checkpoint(b.sb.m)
		if err := machine.Check(b.sb.State()); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		heads, err := headers(b.ctx, b.snapshots)
		if err != nil || heads[0].Place == 0 || heads[1].Place == 0 {
			t.Fatalf("seed %d: checkpoints %+v, %v", seed, heads, err)
		}
		with := b.open(func(c *Config) { c.CheckpointEvery = 37 })
		if got := b.checkpoint(with.m); got != lived {
			t.Errorf("seed %d: recovered with a checkpoint:\n%s", seed, cmp.Diff(lived, got))
		}
		without := b.open(func(c *Config) { c.Snapshots = nil })
		if got := b.checkpoint(without.m); got != lived {
			t.Errorf("seed %d: recovered without a checkpoint:\n%s", seed, cmp.Diff(lived, got))
		}
		if with.Place() != without.Place() {
			t.Errorf("seed %d: recovered at %d and %d", seed, with.Place(), without.Place())
		}
		b.call() // it goes on
	}
}

func TestCheckpointAsideIsTheOneOfTheOwner(t *testing.T) {
	b := newBench(t)
	b.open(func(c *Config) { c.CheckpointEvery = 50 })
	b.populate(2)
	b.sb.checked = b.sb.published - 50
	ctx, stop := context.WithCancel(b.ctx)
	done := make(chan error, 1)
	go func() { done <- b.sb.Run(ctx) }()
	place := b.sb.Place()
	waitFor(t, func() bool {
		cp, err := newestCheckpoint(b.ctx, b.snapshots, place)
		return err == nil && cp != nil && cp.place == place
	})
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	cp, err := newestCheckpoint(b.ctx, b.snapshots, place)
	if err != nil {
		t.Fatal(err)
	}
	without := b.open(func(c *Config) { c.Snapshots = nil })
	if got, want := string(cp.state), b.checkpoint(without.m); got != want {
		t.Errorf("the checkpoint made aside differs:\n%s", cmp.Diff(want, got))
	}
}

func TestAUselessCheckpointCostsOnlyTime(t *testing.T) {
	for name, spoil := range map[string]storage.Entry{
		"header is no JSON":  {Key: "a", Data: []byte("{")},
		"other format":       {Key: "a", Data: []byte(`{"Format":99,"Place":3}`)},
		"state is of others": {Key: "a.0", Data: []byte(`{}`)},
		"state cannot be read": {Key: "a", Data: fmt.Appendf(nil, `{"Format":%d,"Place":3,"Bytes":0,"Chunks":0,"Sum":0}`,
			checkpointFormat)},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.open(nil)
			b.populate(1)
			lived := b.checkpoint(b.sb.m)
			if err := b.sb.Close(b.ctx); err != nil {
				t.Fatal(err)
			}
			slot := "a"
			if heads, _ := headers(b.ctx, b.snapshots); heads[1].Place > heads[0].Place {
				slot = "b"
			}
			spoil.Key = strings.Replace(spoil.Key, "a", slot, 1)
			if _, err := b.snapshots.Append(b.ctx, spoil); err != nil {
				t.Fatal(err)
			}
			b.open(nil)
			if got := b.checkpoint(b.sb.m); got != lived {
				t.Errorf("recovered:\n%s", cmp.Diff(lived, got))
			}
		})
	}
}

func TestOneCheckpointIsAlwaysOldEnough(t *testing.T) {
	b := newBench(t)
	for _, place := range []uint64{10, 12, 14, 120, 121, 122, 230, 231, 500} {
		state := fmt.Appendf(nil, "state at %d", place)
		if fits, err := writeCheckpoint(b.ctx, b.snapshots, checkpoint{place, state}, 100); err != nil || !fits {
			t.Fatalf("write at %d: %v, %v", place, fits, err)
		}
		cp, err := newestCheckpoint(b.ctx, b.snapshots, place)
		if err != nil || cp.place != place || string(cp.state) != string(state) {
			t.Errorf("after the one at %d the newest is %+v, %v", place, cp, err)
		}
		if place < 120 {
			continue
		}
		if cp, err := newestCheckpoint(b.ctx, b.snapshots, place-100); err != nil || cp == nil {
			t.Errorf("at %d there is none from 100 steps before: %v", place, err)
		}
	}
}

func TestALargeStateIsKeptInChunksAndATooLargeOneIsNot(t *testing.T) {
	b := newBench(t)
	state := make([]byte, 2*chunkBytes+5)
	for n := range state {
		state[n] = byte(n * 7 >> 8)
	}
	if fits, err := writeCheckpoint(b.ctx, b.snapshots, checkpoint{9, state}, 1); err != nil || !fits {
		t.Fatalf("write: %v, %v", fits, err)
	}
	cp, err := newestCheckpoint(b.ctx, b.snapshots, 9)
	if err != nil || string(cp.state) != string(state) {
		t.Fatalf("read: %v", err)
	}
	if fits, err := writeCheckpoint(b.ctx, b.snapshots, checkpoint{10, make([]byte, chunksMax*chunkBytes+1)}, 1); fits || err != nil {
		t.Errorf("a state above the bound: %v, %v", fits, err)
	}
}

func TestTheOlderOwnerIsFenced(t *testing.T) {
	b := newBench(t)
	old := b.open(nil)
	b.populate(1)
	b.open(func(c *Config) { c.Owner = "other" })
	newer := b.sb
	b.call()
	steps := len(b.steps())

	b.sb = old
	_, err := b.do(center.SetInstanceAttribute{Type: "EARLY_MEDIA", Value: "false"})
	if !errors.Is(err, ErrFenced) || Retryable(err) {
		t.Errorf("the older owner's command = %v, want ErrFenced", err)
	}
	if _, err := old.Submit(b.ctx, center.Wake{}); !errors.Is(err, ErrFenced) {
		t.Errorf("and later: %v, want ErrFenced", err)
	}
	if err := old.Run(b.ctx); !errors.Is(err, ErrFenced) {
		t.Errorf("Run = %v, want ErrFenced", err)
	}
	if got := len(b.steps()); got != steps {
		t.Errorf("the older owner wrote %d steps", got-steps)
	}
	b.sb = newer
	b.must(center.SetInstanceAttribute{Type: "EARLY_MEDIA", Value: "false"})
}

func TestTwoWhoOpenAtOnceDoNotBothOwn(t *testing.T) {
	b := newBench(t)
	var other *Switchboard
	f := &faulty{Log: b.log, before: func(n int, _ []storage.Entry) error {
		if n == 1 { // between reading the owner and writing ours
			other = b.open(func(c *Config) { c.Owner = "other" })
		}
		return nil
	}}
	if _, err := b.tryOpen(func(c *Config) { c.Log = f }); !errors.Is(err, ErrFenced) {
		t.Errorf("Open = %v, want ErrFenced", err)
	}
	b.sb = other
	b.populate(0)
}

// setting is a command that changes something each time.
func setting(n int) center.Command {
	return center.SetInstanceAttribute{Type: "EARLY_MEDIA", Value: fmt.Sprint(n%2 == 0)}
}

func TestAnAppendThatIsRefusedChangesNothing(t *testing.T) {
	b := newBench(t)
	b.open(nil)
	b.populate(1)
	before, steps := b.checkpoint(b.sb.m), len(b.steps())
	var shown int
	b.sb.Subscribe(func(uint64, center.Step) { shown++ })
	for _, fault := range []memory.Fault{memory.FullDisk, memory.FullDisk} {
		b.engine.Disk().Plan(0, fault)
		if _, err := b.do(center.StartInboundCall{Customer: customer, Dialled: support}); !errors.Is(err, ErrNotStored) || !errors.Is(err, storage.ErrFull) || !Retryable(err) {
			t.Fatalf("on a full disk = %v, want ErrNotStored", err)
		}
		if got := b.checkpoint(b.sb.m); got != before || len(b.steps()) != steps || shown != 0 {
			t.Fatalf("something changed: %s", cmp.Diff(before, got))
		}
	}
	b.call()
	if got := len(b.steps()); got <= steps || shown != got-steps {
		t.Errorf("after that %d steps were stored and %d shown", got-steps, shown)
	}
}

// unknown is a log on which the n-th append from now has an unknown outcome: it is stored or not, and early or late.
func unknown(b *bench, stored, late bool) *faulty {
	f := &faulty{Log: b.log}
	struck := false
	var delayed []storage.Entry
	f.before = func(_ int, entries []storage.Entry) error {
		if len(delayed) > 0 { // the append that was under way arrives before this one
			entries, delayed = delayed, nil
			_, _ = b.log.Append(b.ctx, entries...)
		}
		if struck || entries[0].Key != StepKey || !strings.Contains(string(entries[0].Data), "EARLY_MEDIA") {
			return nil
		}
		struck = true
		switch {
		case late:
			for _, e := range entries {
				delayed = append(delayed, storage.Entry{Key: e.Key, Data: append([]byte{}, e.Data...), Guard: e.Guard})
			}
		case stored:
			if _, err := b.log.Append(b.ctx, entries...); err != nil {
				return err
			}
		}
		return fmt.Errorf("%w: the leader is gone", storage.ErrUnknown)
	}
	return f
}

func TestAnAppendOfUnknownOutcomeIsLookedAfter(t *testing.T) {
	for _, c := range []struct {
		name         string
		stored, late bool
		want         error
	}{
		{"stored", true, false, nil},
		{"not stored", false, false, ErrNotStored},
		{"arrives late, before the fence", false, true, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.open(nil)
			b.populate(0)
			shown := map[uint64]int{}
			b.open(func(cfg *Config) {
				cfg.Log = unknown(b, c.stored, c.late)
				cfg.Subscribe = append(cfg.Subscribe, func(place uint64, _ center.Step) { shown[place]++ })
			})
			steps := len(b.steps())
			step, err := b.do(setting(1))
			if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
				t.Fatalf("= %v, want %v", err, c.want)
			}
			stored := b.steps()[steps:]
			if want := 0; c.want == nil {
				want = 1
				if len(stored) != want || stored[0].Place != step.Stamp.Place || shown[step.Stamp.Place] != 1 {
					t.Errorf("stored %+v, answered %d, shown %v", stored, step.Stamp.Place, shown)
				}
			} else if len(stored) != want || len(shown) != 0 {
				t.Errorf("stored %+v, shown %v", stored, shown)
			}
			next := b.must(setting(2)).Stamp.Place
			if last := b.steps(); last[len(last)-1].Place != next || shown[next] != 1 {
				t.Errorf("the next step says %d; the journal ends at %d, shown %v", next, last[len(last)-1].Place, shown)
			}
			lived := b.checkpoint(b.sb.m)
			b.open(nil)
			if got := b.checkpoint(b.sb.m); got != lived {
				t.Errorf("recovered:\n%s", cmp.Diff(lived, got))
			}
		})
	}
}

func TestAnAppendThatArrivesAfterTheFenceIsRefused(t *testing.T) {
	b := newBench(t)
	b.open(nil)
	b.populate(0)
	var late []storage.Entry
	f := &faulty{Log: b.log}
	f.before = func(_ int, entries []storage.Entry) error {
		if entries[0].Key == StepKey && late == nil {
			late = append(late, storage.Entry{Key: StepKey, Data: append([]byte{}, entries[0].Data...), Guard: entries[0].Guard})
			return storage.ErrUnknown
		}
		return nil
	}
	b.open(func(c *Config) { c.Log = f })
	if _, err := b.do(setting(1)); !errors.Is(err, ErrNotStored) {
		t.Fatalf("= %v, want ErrNotStored", err)
	}
	if _, err := b.log.Append(b.ctx, late...); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("the late append = %v, want ErrConflict", err)
	}
	b.must(setting(1))
}

func TestAFenceOfUnknownOutcomeIsRecognised(t *testing.T) {
	b := newBench(t)
	b.open(nil)
	b.populate(0)
	f := &faulty{Log: b.log}
	b.open(func(c *Config) { c.Log = f })
	down := 0
	f.before = func(_ int, entries []storage.Entry) error {
		if down++; down > 3 {
			return nil
		}
		if entries[0].Key == OwnerKey && down == 2 { // stored, but nobody says so
			if _, err := b.log.Append(b.ctx, entries...); err != nil {
				t.Error(err)
			}
		}
		return storage.ErrUnknown
	}
	if _, err := b.do(setting(1)); !errors.Is(err, ErrUncertain) || !Retryable(err) {
		t.Fatalf("= %v, want ErrUncertain", err)
	}
	if _, err := b.do(setting(1)); !errors.Is(err, ErrNotStored) {
		t.Fatalf("while the storage is away = %v, want ErrNotStored", err)
	}
	b.advance(recoverEvery) // the third attempt fails
	b.advance(recoverEvery) // the fourth finds our own record
	b.must(setting(1))
}

func TestAFailedDiskIsSaidAndNothingIsInventedAfterARestart(t *testing.T) {
	for _, c := range []struct {
		fault memory.Fault
		keep  bool
	}{{memory.ShortWrite, false}, {memory.FailedSync, false}, {memory.FailedSync, true}} {
		b := newBench(t)
		b.open(nil)
		b.populate(1)
		steps := len(b.steps())
		b.engine.Disk().Plan(0, c.fault)
		_, err := b.do(setting(1))
		if want := map[memory.Fault]error{memory.ShortWrite: ErrNotStored, memory.FailedSync: ErrUncertain}[c.fault]; !errors.Is(err, want) {
			t.Fatalf("fault %d: %v, want %v", c.fault, err, want)
		}
		disk := b.engine.Disk()
		disk.Crash(c.keep)
		b.engine = memory.New(memory.Config{Clock: b.clock, Disk: disk})
		b.openLogs()
		b.open(nil)
		want := steps
		if c.keep {
			want++
		}
		if got := len(b.steps()); got != want {
			t.Errorf("fault %d, keep %t: %d steps after the restart, want %d", c.fault, c.keep, got, want)
		}
		b.call()
		if err := machine.Check(b.sb.State()); err != nil {
			t.Error(err)
		}
	}
}

func TestACommandThatBreaksTheMachineIsRefusedAlone(t *testing.T) {
	b := newBench(t)
	b.open(meddle(func(c center.Command) {
		if c, ok := c.(center.SetInstanceAttribute); ok && c.Type == "BOOM" {
			panic("invariant")
		}
	}, nil))
	b.populate(1)
	var errs []error
	cmds := []center.Command{setting(1), center.SetInstanceAttribute{Type: "BOOM"}, setting(2), setting(3)}
	for _, cmd := range cmds {
		if err := b.sb.Post("", cmd, func(_ Result, err error) { errs = append(errs, err) }); err != nil {
			t.Fatal(err)
		}
	}
	b.work()
	if len(errs) != 4 || errs[0] != nil || !errors.Is(errs[1], ErrBroken) || Retryable(errs[1]) || errs[2] != nil || errs[3] != nil {
		t.Fatalf("answers %v, want only the second to be ErrBroken", errs)
	}
	lived := b.checkpoint(b.sb.m)
	b.open(nil)
	if got := b.checkpoint(b.sb.m); got != lived {
		t.Errorf("recovered:\n%s", cmp.Diff(lived, got))
	}
}

func TestAMachineThatBreaksOnRecoveryHasFailed(t *testing.T) {
	b := newBench(t)
	boom := false
	b.open(meddle(func(c center.Command) {
		if c, ok := c.(center.SetInstanceAttribute); ok && c.Type == "BOOM" {
			boom = true
			panic("invariant")
		}
	}, func(center.Step) {
		if boom {
			panic("again")
		}
	}))
	b.populate(0)
	if _, err := b.do(center.SetInstanceAttribute{Type: "BOOM"}); !errors.Is(err, ErrBroken) {
		t.Errorf("= %v, want ErrBroken", err)
	}
	if _, err := b.sb.Submit(b.ctx, setting(1)); !errors.Is(err, ErrFailed) {
		t.Errorf("later: %v, want ErrFailed", err)
	}
	if err := b.sb.Run(b.ctx); !errors.Is(err, ErrFailed) {
		t.Errorf("Run = %v, want ErrFailed", err)
	}
}

func TestTimersThatAlwaysBreakFailTheInstance(t *testing.T) {
	b := newBench(t)
	b.open(nil)
	b.populate(1)
	wakes := 0
	b.open(meddle(func(c center.Command) {
		if _, ok := c.(center.Wake); ok {
			wakes++
			panic("timers")
		}
	}, nil))
	if _, err := b.do(center.StartInboundCall{Customer: customer, Dialled: support}); err != nil {
		t.Errorf("the command itself: %v", err)
	}
	b.work()
	if err := b.sb.Err(); !errors.Is(err, ErrFailed) || wakes != wakePanicsMax {
		t.Errorf("after %d wakes: %v, want ErrFailed after %d", wakes, err, wakePanicsMax)
	}
}

func TestAJournalOfANewerVersionIsNotOpened(t *testing.T) {
	b := newBench(t)
	b.open(nil)
	b.populate(0)
	if _, err := b.log.Append(b.ctx, storage.Entry{Key: StepKey, Data: []byte(`{"s":{"At":"2026-01-01T00:00:00Z","Place":1},"e":[{"NeverHeardOf":{}}]}`)}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.tryOpen(nil); !errors.Is(err, ErrFailed) || !errors.Is(err, center.ErrUnknownWord) && !strings.Contains(err.Error(), "made for") {
		t.Errorf("Open = %v, want ErrFailed", err)
	}
}

func TestAWriterBesidesTheFenceIsNoticed(t *testing.T) {
	b := newBench(t)
	b.open(nil)
	b.populate(0)
	if _, err := b.log.Append(b.ctx, storage.Entry{Key: "stranger", Data: []byte("x")}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.do(setting(1)); !errors.Is(err, ErrFailed) {
		t.Errorf("= %v, want ErrFailed", err)
	}
}
