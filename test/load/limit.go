package main

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/hookswitch/hookswitch/internal/wire"
)

// limitCommand as the first argument runs the limit server.
const limitCommand = "limit"

// limitServer answers the requests of a load with the least work that a durable server cannot leave out: it reads the
// body with net/http, finds each record, decodes its data, hashes its key, appends the data to a file and waits for
// fdatasync, which all that came meanwhile share; then it says the same to everyone. Subscribers get each put as an
// event after that. It checks nothing, keeps nothing that can be read, and puts it all into one shard.
type limitServer struct {
	file *os.File
	kick chan struct{}

	mu          sync.Mutex // guards what follows
	pending     []byte
	waiting     []chan error
	events      [][]byte // the frames of what is pending, if anybody subscribes
	subscribers map[chan []byte]struct{}
	many        map[int][]byte // answers to PutRecords, by how many records
}

// limitEvents is how many events a subscriber may be behind before it is cut off.
const limitEvents = 1024

const (
	limitSequence = "49590338271490256608559692538361571095921575989136588898"
	limitRecord   = `{"SequenceNumber":"` + limitSequence + `","ShardId":"shardId-000000000000"}`
)

// serveLimit runs the limit server until ctx ends.
func serveLimit(ctx context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet(limitCommand, flag.ContinueOnError)
	listen := f.String("listen", "127.0.0.1:4999", "address")
	dir := f.String("dir", ".", "directory of the file that is written and synced")
	if err := f.Parse(args); err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(*dir, "limit.log"))
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", *listen)
	if err != nil {
		return err
	}
	s := &limitServer{file: file, kick: make(chan struct{}, 1), subscribers: map[chan []byte]struct{}{}, many: map[int][]byte{}}
	go s.write(ctx)
	server := &http.Server{Handler: s, BaseContext: func(net.Listener) context.Context { return ctx }}
	defer context.AfterFunc(ctx, func() { server.Close() })()
	fmt.Fprintln(out, "http://"+l.Addr().String())
	if err := server.Serve(l); ctx.Err() == nil {
		return err
	}
	return nil
}

// write appends what is pending and syncs it, round after round.
func (s *limitServer) write(ctx context.Context) {
	var spare []byte
	for {
		select {
		case <-s.kick:
		case <-ctx.Done():
			return
		}
		s.mu.Lock()
		data, waiting, events := s.pending, s.waiting, s.events
		s.pending, s.waiting, s.events = spare[:0], nil, nil
		s.mu.Unlock()
		_, err := s.file.Write(data)
		if err == nil {
			err = syncData(s.file)
		}
		for _, w := range waiting {
			w <- err
		}
		s.publish(events)
		spare = data
	}
}

func (s *limitServer) publish(events [][]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range events {
		for c := range s.subscribers {
			select {
			case c <- e:
			default:
				delete(s.subscribers, c)
				close(c)
			}
		}
	}
}

// limitBuffers is what a request works in.
type limitBuffers struct{ body, data []byte }

var limitPool = sync.Pool{New: func() any { return new(limitBuffers) }}

func (s *limitServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b := limitPool.Get().(*limitBuffers)
	defer limitPool.Put(b)
	if n := int(r.ContentLength); n > answerBytesMax || n < 0 {
		w.WriteHeader(http.StatusBadRequest)
		return
	} else if cap(b.body) < n {
		b.body = make([]byte, n)
	}
	b.body = b.body[:r.ContentLength]
	if _, err := io.ReadFull(r.Body, b.body); err != nil {
		return
	}
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	answer := []byte(`{}`)
	switch operation {
	case "PutRecord", "PutRecords":
		n := b.scan()
		if err := s.put(b.data, b.body); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		if answer = []byte(limitRecord); operation == "PutRecords" {
			answer = s.answers(n)
		}
	case "DescribeStreamSummary":
		answer = []byte(`{"StreamDescriptionSummary":{"StreamStatus":"ACTIVE","StreamARN":"arn"}}`)
	case "RegisterStreamConsumer":
		answer = []byte(`{"Consumer":{"ConsumerARN":"arn","ConsumerStatus":"ACTIVE"}}`)
	case "SubscribeToShard":
		s.subscribe(w, r)
		return
	case "CreateStream", "DeleteStream":
	default:
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	h := w.Header()
	h["Content-Type"] = []string{"application/x-amz-json-1.1"}
	h["Content-Length"] = []string{strconv.Itoa(len(answer))}
	w.Write(answer)
}

// put appends data and returns when it is synced. body is the request, in which subscribers get the data in base64.
func (s *limitServer) put(data, body []byte) error {
	done := make(chan error, 1)
	s.mu.Lock()
	s.pending = append(s.pending, data...)
	s.waiting = append(s.waiting, done)
	if len(s.subscribers) > 0 {
		s.events = append(s.events, limitEvent(body))
	}
	s.mu.Unlock()
	select {
	case s.kick <- struct{}{}:
	default:
	}
	return <-done
}

func limitEvent(body []byte) []byte {
	return wire.AppendFrame(nil, []string{":message-type", "event", ":event-type", "SubscribeToShardEvent", ":content-type", "application/x-amz-json-1.1"}, func(dst []byte) []byte {
		dst = append(dst, `{"Records":[{"SequenceNumber":"`+limitSequence+`","ApproximateArrivalTimestamp":1542776258.123,"Data":"`...)
		data, _ := cutText(body, `"Data":"`)
		return append(append(dst, data...), `","PartitionKey":"p"}],"ContinuationSequenceNumber":"`+limitSequence+`","MillisBehindLatest":0}`...)
	})
}

func (s *limitServer) subscribe(w http.ResponseWriter, r *http.Request) {
	events := make(chan []byte, limitEvents)
	s.mu.Lock()
	s.subscribers[events] = struct{}{}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.subscribers, events)
	}()
	c := http.NewResponseController(w)
	w.Header()["Content-Type"] = []string{wire.EventStreamType}
	w.Write(wire.AppendFrame(nil, []string{":message-type", "event", ":event-type", "initial-response"}, func(dst []byte) []byte { return append(dst, "{}"...) }))
	for c.Flush() == nil {
		select {
		case e, ok := <-events:
			if !ok {
				return
			}
			if _, err := w.Write(e); err != nil {
				return
			}
		case <-r.Context().Done():
			return
		}
	}
}

// scan decodes the data of all records of a put and hashes their keys, and returns how many there were.
func (b *limitBuffers) scan() (records int) {
	b.data = b.data[:0]
	sum := uint64(0)
	for rest := b.body; ; records++ {
		text, after := cutText(rest, `"Data":"`)
		if after == nil {
			break
		}
		b.data, _ = base64.StdEncoding.AppendDecode(b.data, text)
		rest = after
		key, after := cutText(rest, `"PartitionKey":"`)
		if after == nil {
			continue
		}
		hash := md5.Sum(key)
		sum ^= binary.BigEndian.Uint64(hash[:]) >> 62
		rest = after
	}
	b.data = append(b.data, byte(sum)) // so that the hash is of some use
	return records
}

// answers returns the answer to a PutRecords of n records.
func (s *limitServer) answers(n int) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.many[n]; a != nil {
		return a
	}
	a := []byte(`{"FailedRecordCount":0,"Records":[` + strings.TrimSuffix(strings.Repeat(limitRecord+",", n), ",") + `]}`)
	s.many[n] = a
	return a
}

// cutText returns the text after the next label, up to its quote, and what comes after; nil where there is none.
func cutText(b []byte, label string) (text, after []byte) {
	i := bytes.Index(b, []byte(label))
	if i < 0 {
		return nil, nil
	}
	b = b[i+len(label):]
	end := bytes.IndexByte(b, '"')
	if end < 0 {
		return nil, nil
	}
	return b[:end], b[end+1:]
}
