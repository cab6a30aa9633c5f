package wire

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"net/http"
	"slices"
	"sync"
)

// An Event is a structure that travels in an event stream. Generated types implement it.
type Event interface {
	EventType() string                 // the stream's member for it
	AppendEventJSON(dst []byte) []byte // its payload in JSON
	AppendEventCBOR(dst []byte) []byte // its payload in CBOR
}

// A SharedEvent is an event that goes out on many streams: its frame is made once for each encoding and lives as long as
// the event does. It is safe for concurrent use.
type SharedEvent struct {
	Event
	json, cbor sharedFrame
}

type sharedFrame struct {
	once  sync.Once
	bytes []byte
}

// An EventStream is an output that goes on after the answer's headers: it is called once and sends events until it
// returns or ctx ends. What send returns is the connection's error: the stream is over. An error of the function's own
// reaches the client as an exception, if the stream's model has it.
type EventStream func(ctx context.Context, send func(Event) error) error

// EventStreamType is the content type of answers that are event streams.
const EventStreamType = "application/vnd.amazon.eventstream"

// internalException is the exception that stands for all errors that a client is not told of.
const internalException = "InternalFailureException"

// streamBody returns the body of an answer that is an event stream: frames, one a Write, first the initial response.
// exceptions are the errors that the stream's model has.
func streamBody(svc *Service, enc Encoding, exceptions []string, events EventStream) func(context.Context, interface{ Write([]byte) (int, error) }) error {
	return func(ctx context.Context, w interface{ Write([]byte) (int, error) }) error {
		f := frames{w: w, media: contentType(svc, enc), cbor: enc == CBOR}
		err := f.send("initial-response", func(dst []byte) []byte {
			if f.cbor {
				return append(dst, cborMap<<5)
			}
			return append(dst, '{', '}')
		})
		if err != nil {
			return err
		}
		err = events(ctx, f.event)
		if err == nil || ctx.Err() != nil || f.broken {
			return err
		}
		var modelled Error
		if errors.As(err, &modelled) && slices.Contains(exceptions, modelled.ErrorCode()) {
			return f.except(modelled)
		}
		if slices.Contains(exceptions, internalException) {
			if e := f.except(NewError(internalException, http.StatusInternalServerError, "The subscription failed because of an internal error.")); e != nil {
				return e
			}
		}
		return err // the edge logs it and cuts the stream off
	}
}

// frames writes the frames of one stream. It holds no memory between two of them.
type frames struct {
	w      interface{ Write([]byte) (int, error) }
	media  string
	cbor   bool
	broken bool // a write failed
}

// event writes an event of the stream's.
func (f *frames) event(e Event) error {
	payload := e.AppendEventJSON
	if f.cbor {
		payload = e.AppendEventCBOR
	}
	shared, ok := e.(*SharedEvent)
	if !ok {
		return f.send(e.EventType(), payload)
	}
	frame := &shared.json
	if f.cbor {
		frame = &shared.cbor
	}
	frame.once.Do(func() { frame.bytes = AppendFrame(nil, f.headers(e.EventType()), payload) })
	_, err := f.w.Write(frame.bytes)
	f.broken = err != nil
	return err
}

// send writes an event.
func (f *frames) send(event string, payload func([]byte) []byte) error {
	return f.write(f.headers(event), payload)
}

func (f *frames) headers(event string) []string {
	return []string{":message-type", "event", ":event-type", event, ":content-type", f.media}
}

// except writes an exception.
func (f *frames) except(e Error) error {
	return f.write([]string{":message-type", "exception", ":exception-type", e.ErrorCode(), ":content-type", f.media}, func(dst []byte) []byte {
		start := len(dst)
		if dst = e.AppendFields(dst); len(dst) == start {
			dst = append(dst, ',')
		}
		dst[start] = '{' // each member came after a comma
		dst = append(dst, '}')
		if f.cbor {
			return append(dst[:start], appendCBORFromJSON(nil, NewJSONDecoder(dst[start:]))...)
		}
		return dst
	})
}

func (f *frames) write(headers []string, payload func([]byte) []byte) error {
	buf := takeBody(false)
	*buf = AppendFrame((*buf)[:0], headers, payload)
	if _, err := f.w.Write(*buf); err != nil {
		f.broken = true // HTTP/2 may still hold the frame: it serves no other
		return err
	}
	keepBody(buf)
	return nil
}

// The parts of a frame, in bytes.
const (
	framePreludeBytes = 12 // total length, headers' length, CRC of both
	headerString      = 7  // the type of a header whose value is text
)

// AppendFrame appends a message of the format application/vnd.amazon.eventstream: headers are names and their texts in
// turn (names below 256 bytes, texts below 65536), and payload appends what the message carries.
func AppendFrame(dst []byte, headers []string, payload func([]byte) []byte) []byte {
	start := len(dst)
	dst = append(dst, make([]byte, framePreludeBytes)...)
	for i := 0; i+1 < len(headers); i += 2 {
		dst = append(append(dst, byte(len(headers[i]))), headers[i]...)
		dst = binary.BigEndian.AppendUint16(append(dst, headerString), uint16(len(headers[i+1])))
		dst = append(dst, headers[i+1]...)
	}
	headersBytes := len(dst) - start - framePreludeBytes
	dst = payload(dst)
	frame := dst[start:]
	binary.BigEndian.PutUint32(frame, uint32(len(frame)+crc32.Size))
	binary.BigEndian.PutUint32(frame[4:], uint32(headersBytes))
	binary.BigEndian.PutUint32(frame[8:], crc32.ChecksumIEEE(frame[:8]))
	return binary.BigEndian.AppendUint32(dst, crc32.ChecksumIEEE(frame))
}
