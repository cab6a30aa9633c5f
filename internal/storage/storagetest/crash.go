package storagetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/hookswitch/hookswitch/internal/storage"
)

func testRestart(t *testing.T, h *Harness) {
	if h.Restart == nil {
		t.Skip("the engine cannot be restarted")
	}
	e := h.Engine
	total := uint64(0)
	for round := range 3 {
		l := openLog(t, e, "restart", storage.Config{})
		table := openLog(t, e, "table", storage.Config{Latest: true})
		total = mustAppend(t, l, entry("k", fmt.Sprint(round)), entry("j", fmt.Sprint(round)))
		want(t, "the numbers go on", total, 2*(round+1))
		mustAppend(t, table, guarded("row", fmt.Sprint(round), uint64(round)))
		e = h.Restart(t)
	}
	l := openLog(t, e, "restart", storage.Config{})
	want(t, "the log", show(mustRead(t, l, storage.Range{})), "1:k=0 2:j=0 3:k=1 4:j=1 5:k=2 6:j=2")
	want(t, "by key", show(mustRead(t, l, storage.Range{Key: "j"})), "2:j=0 4:j=1 6:j=2")
	want(t, "the table", show(mustRead(t, openLog(t, e, "table", storage.Config{Latest: true}), storage.Range{})), "3:row=2")
}

func testCrash(t *testing.T, h *Harness) {
	if h.Crash == nil {
		t.Skip("the engine cannot be crashed")
	}
	j := newJournal()
	e := h.Engine
	for i, kept := range []int{0, 100, 50, 30, 80} {
		l := openLog(t, e, "crash", storage.Config{})
		ctx, cancel := context.WithCancel(context.Background())
		var writers sync.WaitGroup
		for w := range 4 {
			writers.Go(func() {
				for b := 0; j.append(ctx, l, fmt.Sprintf("r%d-w%d-b%d", i, w, b)) == nil; b++ {
				}
			})
		}
		j.await(20 * (i + 1))
		j.seal()
		e = h.Crash(t, kept) // while they write
		cancel()
		writers.Wait()
		j.check(t, openLog(t, e, "crash", storage.Config{}))
	}
}

func testFaults(t *testing.T, h *Harness) {
	if h.Plan == nil || h.Crash == nil {
		t.Skip("faults cannot be injected")
	}
	e := h.Engine
	j := newJournal()
	for _, fault := range []Fault{ShortWrite, FailedSync, FullDisk} {
		for _, writers := range []int{1, 4} {
			for i, kept := range []int{0, 40, 100} {
				what := fmt.Sprintf("%s, %d writers, %d%% kept", strings.ReplaceAll(string(fault), " ", "-"), writers, kept)
				l := openLog(t, e, "faults", storage.Config{})
				h.Plan(fault, 3+i)
				var work sync.WaitGroup
				for w := range writers {
					work.Go(func() {
						for b := range 30 { // and go on after the fault
							j.append(context.Background(), l, fmt.Sprintf("%s-w%d-b%d", what, w, b))
						}
					})
				}
				work.Wait()
				want(t, what+": appends failed", j.failures() > 0, true)
				j.checkLive(t, l)
				e = h.Crash(t, kept)
				j.check(t, openLog(t, e, "faults", storage.Config{}))
			}
		}
	}
}

// journal remembers what became of appends, and compares a log with it. Every append has three records that name it.
type journal struct {
	mu     sync.Mutex // guards everything below
	acked  map[string]uint64
	open   map[string]bool // failed, or under way: may be there or not
	failed int
	sealed bool // a crash has begun: what is acknowledged from now on may come too late for the disk
	enough *sync.Cond
}

func newJournal() *journal {
	j := &journal{acked: map[string]uint64{}, open: map[string]bool{}}
	j.enough = sync.NewCond(&j.mu)
	return j
}

const journalBatch = 3

func (j *journal) append(ctx context.Context, l storage.Log, id string) error {
	j.mu.Lock()
	j.open[id] = true
	j.mu.Unlock()
	var es []storage.Entry
	for i := range journalBatch {
		es = append(es, entry(fmt.Sprint("k", i), fmt.Sprintf("%s/%d/%s", id, i, strings.Repeat("x", len(id)*20))))
	}
	last, err := l.Append(ctx, es...)
	j.mu.Lock()
	defer j.mu.Unlock()
	if err != nil {
		j.failed++
		if errors.Is(err, storage.ErrFull) || errors.Is(err, storage.ErrFailed) && !errors.Is(err, storage.ErrUnknown) {
			delete(j.open, id) // these promise that nothing was stored
		}
		return err
	}
	if j.sealed {
		return nil
	}
	delete(j.open, id)
	j.acked[id] = last
	j.enough.Broadcast()
	return nil
}

// await returns when n appends were acknowledged.
func (j *journal) await(n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for len(j.acked) < n {
		j.enough.Wait()
	}
}

func (j *journal) failures() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	defer func() { j.failed = 0 }()
	return j.failed
}

// checkLive compares what the log shows before a crash: exactly what was acknowledged may be seen, or more only where
// the outcome was unknown.
func (j *journal) checkLive(t *testing.T, l storage.Log) {
	t.Helper()
	j.compare(t, l, "before the crash")
}

// check compares the log after a crash. Appends with an open outcome that are there count as acknowledged from then on.
func (j *journal) check(t *testing.T, l storage.Log) {
	t.Helper()
	for id, last := range j.compare(t, l, "after the crash") {
		j.acked[id] = last
	}
	j.open = map[string]bool{}
	j.sealed = false
}

func (j *journal) seal() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.sealed = true
}

func (j *journal) compare(t *testing.T, l storage.Log, when string) map[string]uint64 {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	recs := mustRead(t, l, storage.Range{Max: 1 << 20})
	byKey := map[uint64]string{}
	for i := range journalBatch {
		for _, r := range mustRead(t, l, storage.Range{Key: fmt.Sprint("k", i), Max: 1 << 20}) {
			byKey[r.Seq] = string(r.Data)
		}
	}
	want(t, when+": records by key", len(byKey), len(recs))
	found := map[string]uint64{}
	var id string
	for i, r := range recs {
		want(t, when+": sequence number", r.Seq, i+1)
		want(t, when+": the same record by key", byKey[r.Seq], string(r.Data))
		if i%journalBatch == 0 {
			id, _, _ = strings.Cut(string(r.Data), "/")
		}
		want(t, when+": record", string(r.Data), fmt.Sprintf("%s/%d/%s", id, i%journalBatch, strings.Repeat("x", len(id)*20)))
		if i%journalBatch == journalBatch-1 {
			if found[id] != 0 {
				t.Fatalf("%s: append %s is there twice", when, id)
			}
			found[id] = r.Seq
		}
	}
	want(t, when+": no append is there in part", len(recs)%journalBatch, 0)
	for id, last := range j.acked {
		want(t, when+": acknowledged append "+id, found[id], last)
	}
	for id := range found {
		if j.acked[id] == 0 && !j.open[id] {
			t.Fatalf("%s: append %s is there although it was refused", when, id)
		}
	}
	wantBounds(t, l, 1, uint64(len(recs)))
	return found
}
