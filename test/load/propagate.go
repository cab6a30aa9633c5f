package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hookswitch/hookswitch/internal/clock"
)

const (
	// stampBytes is how much of a record's data says which put it is from: a number, big endian, and one byte that
	// makes whole groups of base64.
	stampBytes = 9
	// stampsOfARun is how many different puts a run takes turns in. A record that is so many puts late is taken for
	// another.
	stampsOfARun = 4096
	// settleTime is how long subscriptions get to stand at the tip before the first put, and the last record to reach
	// them after the last put.
	settleTime = 300 * time.Millisecond
	frameMax   = 16 << 20 // bytes of a frame
)

// propagation is a run of mode sub.
type propagation struct {
	e        *endpoint
	requests [][]byte                   // one for each stamp
	sent     [stampsOfARun]atomic.Int64 // when each was put last, Unix nanoseconds
	tallies  []tally                    // of the puts, then of each consumer
}

// planSub subscribes all consumers and returns a run that puts records at the rate. The times that it counts are from
// just before a put until a consumer has the record, once for each consumer.
func (e *endpoint) planSub(ctx context.Context) (func() []tally, error) {
	p := &propagation{e: e, tallies: make([]tally, e.fan+1)}
	if err := p.prepare(ctx); err != nil {
		return nil, err
	}
	conns, err := e.dialAll(ctx, e.fan+1)
	if err != nil {
		return nil, err
	}
	var reading sync.WaitGroup
	for i, c := range conns[1:] {
		if err := e.subscribe(ctx, c, i); err != nil {
			closeAll(conns)
			return nil, err
		}
		reading.Go(func() { p.receive(c, &p.tallies[i+1]) })
	}
	if err := clock.Sleep(ctx, e.clock, settleTime); err != nil {
		closeAll(conns)
		return nil, err
	}
	return func() []tally {
		p.put(ctx, conns[0])
		_ = clock.Sleep(ctx, e.clock, settleTime)
		closeAll(conns)
		reading.Wait()
		want := p.tallies[0].requests
		for i := range p.tallies[1:] {
			t := &p.tallies[i+1]
			if t.times.n != want && ctx.Err() == nil {
				t.fail(fmt.Errorf("consumer %d got %d of %d records", i, t.times.n, want))
			}
			t.records = t.times.n
		}
		return p.tallies
	}, nil
}

// prepare builds and signs the puts.
func (p *propagation) prepare(ctx context.Context) error {
	raw := make([]byte, p.e.size)
	for i := range stampsOfARun {
		binary.BigEndian.PutUint64(raw, uint64(i))
		body, err := json.Marshal(map[string]any{"StreamName": p.e.stream, "PartitionKey": "p", "Data": raw})
		if err != nil {
			return err
		}
		request, err := p.e.signer.request(ctx, "PutRecord", body, p.e.clock.Now())
		if err != nil {
			return err
		}
		p.requests = append(p.requests, request)
	}
	return nil
}

// put sends records at the rate until the end of the run.
func (p *propagation) put(ctx context.Context, c *conn) {
	t := &p.tallies[0]
	for pace := p.e.pacer(p.e.clock.Now().Add(p.e.duration)); ; {
		begin, ok := pace.wait(ctx)
		if !ok {
			return
		}
		i := t.requests % stampsOfARun
		p.sent[i].Store(begin.UnixNano())
		status, answer, err := c.do(p.requests[i], begin.Add(answerTimeout))
		t.requests++
		t.puts.count(p.e.clock.Now().Sub(begin))
		if err == nil && status != 200 {
			err = fmt.Errorf("%d %.300s", status, answer)
		}
		if err != nil {
			t.fail(err)
			return
		}
	}
}

// subscribe registers a consumer, unless it is there, and begins its subscription on a connection.
func (e *endpoint) subscribe(ctx context.Context, c *conn, i int) error {
	for len(e.consumers) <= i {
		summary, err := e.once(ctx, "DescribeStreamSummary", map[string]any{"StreamName": e.stream})
		if err != nil {
			return err
		}
		out, err := e.once(ctx, "RegisterStreamConsumer", map[string]any{"StreamARN": textMember(summary, "StreamARN"),
			"ConsumerName": fmt.Sprintf("load-%d-%d", e.clock.Now().UnixNano(), i)})
		if err != nil {
			return err
		}
		e.consumers = append(e.consumers, textMember(out, "ConsumerARN"))
	}
	body, err := json.Marshal(map[string]any{"ConsumerARN": e.consumers[i], "ShardId": "shardId-000000000000",
		"StartingPosition": map[string]any{"Type": "LATEST"}})
	if err != nil {
		return err
	}
	request, err := e.signer.request(ctx, "SubscribeToShard", body, e.clock.Now())
	if err != nil {
		return err
	}
	if err := c.net.SetDeadline(e.clock.Now().Add(answerTimeout)); err != nil {
		return err
	}
	if _, err := c.net.Write(request); err != nil {
		return err
	}
	status, _, err := c.head()
	if err == nil && status != 200 {
		err = fmt.Errorf("SubscribeToShard: status %d", status)
	}
	if err != nil {
		return err
	}
	return c.net.SetDeadline(time.Time{})
}

// receive counts what comes on a subscription until its connection is closed.
func (p *propagation) receive(c *conn, t *tally) {
	in := &frameReader{chunks: &chunkReader{in: c.in}}
	for {
		frame, err := in.next()
		if err != nil {
			if !errors.Is(err, net.ErrClosed) {
				t.fail(err)
			}
			return
		}
		now := p.e.clock.Now().UnixNano()
		if bytes.Contains(frame[:min(len(frame), 64)], []byte("exception")) {
			t.fail(fmt.Errorf("the subscription ended: %.300s", frame))
			return
		}
		var stamp [stampBytes]byte
		for text, rest := cutText(frame, `"Data":"`); rest != nil; text, rest = cutText(rest, `"Data":"`) {
			if _, err := base64.StdEncoding.Decode(stamp[:], text[:stampBytes/3*4]); err != nil {
				t.fail(err)
				return
			}
			i := binary.BigEndian.Uint64(stamp[:])
			t.times.count(time.Duration(now - p.sent[i%stampsOfARun].Load()))
		}
	}
}

// frameReader cuts an event stream into its messages.
type frameReader struct {
	chunks io.Reader
	buf    []byte
}

// next returns the next frame, which is valid until the call after it.
func (r *frameReader) next() ([]byte, error) {
	if r.buf == nil {
		r.buf = make([]byte, 64<<10)
	}
	if _, err := io.ReadFull(r.chunks, r.buf[:4]); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint32(r.buf))
	if n < 16 || n > frameMax {
		return nil, fmt.Errorf("a frame of %d bytes", n)
	}
	if len(r.buf) < n {
		r.buf = append(r.buf[:4], make([]byte, n)...)
	}
	_, err := io.ReadFull(r.chunks, r.buf[4:n])
	return r.buf[:n], err
}

// chunkReader reads a body with chunked transfer coding.
type chunkReader struct {
	in   *bufio.Reader
	left int
}

func (r *chunkReader) Read(b []byte) (int, error) {
	if r.left == 0 {
		line, err := r.in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		n, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 32)
		if err != nil {
			return 0, err
		}
		if n == 0 {
			return 0, io.EOF
		}
		r.left = int(n)
	}
	n, err := r.in.Read(b[:min(len(b), r.left)])
	if r.left -= n; r.left == 0 && err == nil {
		_, err = r.in.Discard(2)
	}
	return n, err
}
