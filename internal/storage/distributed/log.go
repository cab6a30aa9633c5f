package distributed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"github.com/hookswitch/hookswitch/internal/storage"
)

// Error codes of the server that are told apart (nats-server 2.15, server/errors.json). After all of them nothing was
// stored.
const (
	codeWrongSeq   = 10071 // the guard failed
	codeBusy       = 10164 // another write to the guarded key is under way: the guard was not evaluated
	codeIncomplete = 10176 // a part of the batch did not arrive, or too many batches are open
	codeTooMany    = 10210 // too many batches are open
	codeNoSpace    = 10047 // the account's or server's storage is used up
	codeNoSpaceR   = 10023 // the server's resources are used up
	codeNoStream   = 10059 // the stream does not exist
	codeCreate     = 10049 // the stream could not be made
	codeNoMessage  = 10037 // the message does not exist
)

// log is a stream.
type log struct {
	e       *Engine
	name    string
	subject string // what subjects of records start with
	created time.Time
	s       jetstream.Stream
	batches chan struct{} // has a value for each atomic batch under way
	ctx     context.Context
	drop    context.CancelFunc // ends ctx: the log was dropped here, or the engine was closed
}

func newLog(e *Engine, name string, s jetstream.Stream) *log {
	l := &log{e: e, name: name, subject: subjectPrefix + name + ".", created: s.CachedInfo().Created, s: s, batches: make(chan struct{}, openBatches)}
	l.ctx, l.drop = context.WithCancel(e.ctx)
	return l
}

// enter begins a call: it fails if the engine was closed or the log dropped.
func (l *log) enter(ctx context.Context) error {
	if err := l.e.enter(ctx); err != nil {
		return err
	}
	if l.ctx.Err() != nil {
		l.e.leave()
		return l.gone()
	}
	return nil
}

// gone is why l.ctx has ended.
func (l *log) gone() error {
	if l.e.ctx.Err() != nil {
		return storage.ErrClosed
	}
	return fmt.Errorf("%w: log %q was dropped", storage.ErrNotFound, l.name)
}

// exists returns ErrNotFound if the log was dropped, perhaps by another process.
func (l *log) exists(ctx context.Context) error {
	info, err := l.s.Info(ctx)
	if err != nil {
		return l.explain(err)
	}
	if !info.Created.Equal(l.created) {
		l.drop()
		return l.gone()
	}
	return nil
}

// explain makes an error of the server one of the port's.
func (l *log) explain(err error) error {
	var api *apiError
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound), errors.As(err, &api) && api.ErrCode == codeNoStream:
		l.drop()
		return l.gone()
	case errors.As(err, &api) && (api.ErrCode == codeNoSpace || api.ErrCode == codeNoSpaceR):
		return fmt.Errorf("%w: %w", storage.ErrFull, err)
	}
	return fmt.Errorf("storage: log %q: %w", l.name, err)
}

// apiError is how the server refuses.
type apiError struct {
	Code        int    `json:"code"`
	ErrCode     int    `json:"err_code"`
	Description string `json:"description"`
}

func (e *apiError) Error() string {
	return fmt.Sprintf("storage server: %s (%d)", e.Description, e.ErrCode)
}

// Append implements storage.Log.
func (l *log) Append(ctx context.Context, entries ...storage.Entry) (uint64, error) {
	if _, err := storage.CheckAppend(entries); err != nil {
		return 0, err
	}
	if err := l.enter(ctx); err != nil {
		return 0, err
	}
	defer l.e.leave()
	for try := 0; ; try++ {
		seq, err := l.publish(ctx, entries)
		if err == nil || errors.Is(err, storage.ErrUnknown) {
			return seq, err
		}
		unit := retryPause
		var api *apiError
		switch {
		case errors.As(err, &api) && api.ErrCode == codeWrongSeq:
			return 0, fmt.Errorf("%w: %w", storage.ErrConflict, err)
		case errors.As(err, &api) && (api.ErrCode == codeBusy || api.ErrCode == codeIncomplete || api.ErrCode == codeTooMany):
			unit = time.Millisecond
		case errors.Is(err, nats.ErrNoResponders): // no leader, or no stream
			if err := l.exists(ctx); errors.Is(err, storage.ErrNotFound) {
				return 0, err
			}
		case errors.Is(err, nats.ErrReconnectBufExceeded): // no connection
		default:
			return 0, l.explain(err)
		}
		if try == retryLimit {
			return 0, fmt.Errorf("storage: log %q: %d tries: %w", l.name, try+1, err)
		}
		if pauseErr := pause(ctx, try, unit); pauseErr != nil {
			return 0, fmt.Errorf("storage: log %q: nothing was stored: %w (%w)", l.name, pauseErr, err)
		}
		if l.ctx.Err() != nil {
			return 0, l.gone()
		}
	}
}

// publish tries an append once. An error that is not ErrUnknown means that nothing was stored.
func (l *log) publish(ctx context.Context, entries []storage.Entry) (uint64, error) {
	if len(entries) == 1 {
		return l.commit(ctx, l.message(&entries[0]))
	}
	select {
	case l.batches <- struct{}{}:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	defer func() { <-l.batches }()
	id := nuid.Next()
	last := len(entries) - 1
	for i := range entries {
		m := l.message(&entries[i])
		m.Header["Nats-Batch-Id"] = []string{id}
		m.Header["Nats-Batch-Sequence"] = []string{strconv.Itoa(i + 1)}
		if i == last {
			m.Header["Nats-Batch-Commit"] = []string{"1"}
			return l.commit(ctx, m)
		}
		if err := l.e.nc.PublishMsg(m); err != nil { // the server forgets the rest
			return 0, err
		}
	}
	panic("unreachable: an append has entries")
}

func (l *log) message(en *storage.Entry) *nats.Msg {
	m := &nats.Msg{Subject: l.subject + en.Key, Data: en.Data, Header: nats.Header{}}
	if g := en.Guard; g != nil {
		m.Header["Nats-Expected-Last-Subject-Sequence"] = []string{strconv.FormatUint(g.Seq, 10)}
		if g.Key != en.Key {
			m.Header["Nats-Expected-Last-Subject-Sequence-Subject"] = []string{l.subject + g.Key}
		}
	}
	return m
}

// commit sends the message that makes an append happen, and waits for the answer.
func (l *log) commit(ctx context.Context, m *nats.Msg) (uint64, error) {
	ctx, cancel := l.e.answer(ctx)
	defer cancel()
	reply, err := l.e.nc.RequestMsgWithContext(ctx, m)
	if errors.Is(err, nats.ErrNoResponders) || errors.Is(err, nats.ErrReconnectBufExceeded) {
		return 0, err
	}
	if err != nil {
		return 0, fmt.Errorf("%w: %w", storage.ErrUnknown, err)
	}
	var ack struct {
		Seq   uint64    `json:"seq"`
		Error *apiError `json:"error"`
	}
	if err := json.Unmarshal(reply.Data, &ack); err != nil || ack.Seq == 0 && ack.Error == nil {
		return 0, fmt.Errorf("%w: the server's answer cannot be read: %w", storage.ErrUnknown, err)
	}
	if ack.Error != nil {
		return 0, ack.Error
	}
	return ack.Seq, nil
}

// Last implements storage.Log. The leader answers, so every acknowledged append is seen.
func (l *log) Last(ctx context.Context, key string) (storage.Record, error) {
	if err := storage.CheckKey(key); err != nil {
		return storage.Record{}, err
	}
	if err := l.enter(ctx); err != nil {
		return storage.Record{}, err
	}
	defer l.e.leave()
	ctx, cancel := l.e.answer(ctx)
	defer cancel()
	m, err := l.e.nc.RequestWithContext(ctx, "$JS.API.STREAM.MSG.GET."+streamPrefix+l.name, fmt.Appendf(nil, `{"last_by_subj":%q}`, l.subject+key))
	if err != nil {
		return storage.Record{}, l.explain(err)
	}
	var resp struct {
		Error   *apiError `json:"error"`
		Message struct {
			Seq  uint64    `json:"seq"`
			Time time.Time `json:"time"`
			Data []byte    `json:"data"`
		} `json:"message"`
	}
	if err := json.Unmarshal(m.Data, &resp); err != nil {
		return storage.Record{}, fmt.Errorf("storage: log %q: the server's answer cannot be read: %w", l.name, err)
	}
	if resp.Error != nil {
		if resp.Error.ErrCode == codeNoMessage {
			return storage.Record{}, fmt.Errorf("%w: key %q", storage.ErrNotFound, key)
		}
		return storage.Record{}, l.explain(resp.Error)
	}
	return storage.Record{Seq: resp.Message.Seq, Key: key, Time: resp.Message.Time.UTC(), Data: resp.Message.Data}, nil
}

// Trim implements storage.Log.
func (l *log) Trim(ctx context.Context, before uint64) error {
	if err := l.enter(ctx); err != nil {
		return err
	}
	defer l.e.leave()
	info, err := l.s.Info(ctx)
	if err != nil {
		return l.explain(err)
	}
	// Purging up to a number that was not given out yet would skip it.
	before = min(before, info.State.LastSeq+1)
	if before <= max(info.State.FirstSeq, 1) {
		return nil
	}
	if err := l.s.Purge(ctx, jetstream.WithPurgeSequence(before)); err != nil {
		return l.explain(err)
	}
	return nil
}

// Bounds implements storage.Log.
func (l *log) Bounds(ctx context.Context) (first, last uint64, err error) {
	if err := l.enter(ctx); err != nil {
		return 0, 0, err
	}
	defer l.e.leave()
	info, err := l.s.Info(ctx)
	if err != nil {
		return 0, 0, l.explain(err)
	}
	if info.State.Msgs == 0 {
		return info.State.LastSeq + 1, info.State.LastSeq, nil
	}
	return info.State.FirstSeq, info.State.LastSeq, nil
}

// Tail implements storage.Log.
func (l *log) Tail(ctx context.Context, r storage.Range) iter.Seq2[storage.Record, error] {
	return func(yield func(storage.Record, error) bool) {
		err := storage.CheckRange(r)
		if err == nil {
			err = l.follow(ctx, r, func(rec storage.Record) bool { return yield(rec, nil) })
		}
		if err != nil && ctx.Err() == nil {
			yield(storage.Record{}, err)
		}
	}
}

// follow calls yield for the records of a range until it returns false or something ends.
func (l *log) follow(ctx context.Context, r storage.Range, yield func(storage.Record) bool) error {
	r.From = max(r.From, 1)
	for try := 0; ; try++ {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if l.ctx.Err() != nil {
			return l.gone()
		}
		more, err := l.consume(ctx, &r, func(rec storage.Record) bool {
			try = 0
			return yield(rec)
		})
		if !more {
			return nil
		}
		if l.ctx.Err() != nil {
			return l.gone()
		}
		if existsErr := l.exists(ctx); errors.Is(existsErr, storage.ErrNotFound) {
			return existsErr
		}
		if try == retryLimit {
			return l.explain(err)
		}
		if err := pause(ctx, try, retryPause/10); err != nil {
			return err
		}
	}
}

// consume reads with one ordered consumer until it fails, and moves r on. It returns more == false when yield does not
// want any more.
func (l *log) consume(ctx context.Context, r *storage.Range, yield func(storage.Record) bool) (more bool, err error) {
	cfg := jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: r.From, MaxResetAttempts: 1}
	if !r.Since.IsZero() {
		cfg.DeliverPolicy, cfg.OptStartSeq, cfg.OptStartTime = jetstream.DeliverByStartTimePolicy, 0, &r.Since
	}
	if r.Key != "" {
		cfg.FilterSubjects = []string{l.subject + r.Key}
	}
	c, err := l.s.OrderedConsumer(ctx, cfg)
	if err != nil {
		return true, err
	}
	msgs, err := c.Messages(jetstream.PullExpiry(4*time.Second), jetstream.PullHeartbeat(time.Second))
	if err != nil {
		return true, err
	}
	defer msgs.Stop()
	defer context.AfterFunc(ctx, msgs.Stop)()
	defer context.AfterFunc(l.ctx, msgs.Stop)()
	for {
		m, err := msgs.Next()
		if err != nil {
			return true, err
		}
		md, err := m.Metadata()
		if err != nil {
			return true, err
		}
		rec := storage.Record{Seq: md.Sequence.Stream, Key: strings.TrimPrefix(m.Subject(), l.subject), Time: md.Timestamp.UTC(), Data: m.Data()}
		if rec.Seq < r.From || rec.Time.Before(r.Since) {
			continue
		}
		if ctx.Err() != nil || !yield(rec) {
			return false, nil
		}
		r.From, r.Since = rec.Seq+1, time.Time{}
	}
}
