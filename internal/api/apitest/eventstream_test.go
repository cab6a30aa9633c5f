package apitest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// streamed lists the operations that answer with an event stream. They are tested here and not by exchanges.
var streamed = map[string][]string{"kinesis": {"SubscribeToShard"}}

// sampleEvents makes events with all members and with the required ones, as trees and as ours.
func sampleEvents(t *testing.T, m *model) (trees []any, events []*kinesisapi.SubscribeToShardEvent) {
	for _, full := range []bool{true, false} {
		tree := m.tree(t, "SubscribeToShardEvent", full, 0)
		e := new(kinesisapi.SubscribeToShardEvent)
		fill(t, reflect.ValueOf(e).Elem(), tree)
		trees, events = append(trees, tree), append(events, e)
	}
	return trees, events
}

// subscribeOp is SubscribeToShard that sends events and ends with err.
func subscribeOp(took func(any), events []*kinesisapi.SubscribeToShardEvent, end error) wire.Operation {
	return kinesisapi.SubscribeToShard(func(_ context.Context, in *kinesisapi.SubscribeToShardInput) (*kinesisapi.SubscribeToShardOutput, error) {
		took(in)
		return &kinesisapi.SubscribeToShardOutput{EventStream: func(_ context.Context, send func(wire.Event) error) error {
			for _, e := range events {
				if err := send(e); err != nil {
					return err
				}
			}
			return end
		}}, nil
	})
}

// streamLoop is a loopback for an operation that streams.
type streamLoop struct{ op wire.Operation }

func (l streamLoop) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	resp, err := l.op.Serve(r.Context(), &wire.Request{Encoding: wire.JSON, Body: body, Header: r.Header})
	if err != nil {
		return nil, err
	}
	pr, pw := io.Pipe()
	go func() { pw.CloseWithError(resp.Stream(r.Context(), pw)) }()
	return &http.Response{StatusCode: resp.Status, Header: http.Header{"Content-Type": {resp.ContentType}}, Body: pr, Request: r, ProtoMajor: 1, ProtoMinor: 1}, nil
}

func TestSDKReadsOurEvents(t *testing.T) {
	m := loadModel(t, "kinesis")
	want := m.tree(t, "SubscribeToShardInput", true, 0).(map[string]any)
	input := new(kinesis.SubscribeToShardInput)
	fill(t, reflect.ValueOf(input).Elem(), want)
	trees, events := sampleEvents(t, m)
	var got any
	op := subscribeOp(func(in any) { got = in }, events, &kinesisapi.ResourceInUseException{Message: "taken"})
	out, err := kinesis.NewFromConfig(sdkConfig(streamLoop{op})).SubscribeToShard(t.Context(), input)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(any(want), m.read(t, reflect.ValueOf(got).Elem(), "SubscribeToShardInput")); diff != "" {
		t.Errorf("input as sent (-) and as decoded (+):\n%s", diff)
	}
	stream := out.GetStream()
	var gotTrees []any
	for e := range stream.Events() {
		gotTrees = append(gotTrees, m.read(t, reflect.ValueOf(e.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent).Value), "SubscribeToShardEvent"))
	}
	if diff := cmp.Diff(trees, gotTrees); diff != "" {
		t.Errorf("events as given (-) and as the SDK has them (+):\n%s", diff)
	}
	var inUse *types.ResourceInUseException
	if err := stream.Err(); !errors.As(err, &inUse) || *inUse.Message != "taken" {
		t.Errorf("the SDK sees the end as %v", err)
	}
	if err := stream.Close(); err != nil && !errors.As(err, &inUse) {
		t.Error(err)
	}
}

func TestEventsInCBOR(t *testing.T) {
	m := loadModel(t, "kinesis")
	judge, err := cbor.DecOptions{IntDec: cbor.IntDecConvertSignedOrFail, DefaultMapType: reflect.TypeFor[map[string]any]()}.DecMode()
	if err != nil {
		t.Fatal(err)
	}
	want := m.tree(t, "SubscribeToShardInput", true, 0)
	trees, events := sampleEvents(t, m)
	var got any
	resp, err := subscribeOp(func(in any) { got = in }, events, nil).Serve(t.Context(), &wire.Request{Encoding: wire.CBOR, Body: marshalCBOR(t, asCBOR(want))})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, m.read(t, reflect.ValueOf(got).Elem(), "SubscribeToShardInput")); diff != "" {
		t.Errorf("input\n%s", diff)
	}
	if resp.ContentType != "application/vnd.amazon.eventstream" || len(resp.Body) != 0 {
		t.Errorf("content type %s, %d bytes before the stream", resp.ContentType, len(resp.Body))
	}
	var b bytes.Buffer
	if err := resp.Stream(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	d := eventstream.NewDecoder()
	for i := range 1 + len(trees) {
		msg, err := d.Decode(&b, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := msg.Headers.Get(":content-type").String(); got != "application/x-amz-cbor-1.1" {
			t.Errorf("frame %d carries %s", i, got)
		}
		if i == 0 {
			if got := msg.Headers.Get(":event-type").String(); got != "initial-response" || !bytes.Equal(msg.Payload, []byte{0xa0}) {
				t.Errorf("the first frame is %s with %x", got, msg.Payload)
			}
			continue
		}
		var out any
		if err := judge.Unmarshal(msg.Payload, &out); err != nil {
			t.Fatalf("the judge refuses %x: %v", msg.Payload, err)
		}
		if diff := cmp.Diff(trees[i-1], m.fromCBOR(t, out, "SubscribeToShardEvent")); diff != "" {
			t.Errorf("event %d\n%s", i, diff)
		}
	}
	if b.Len() != 0 {
		t.Errorf("%d bytes after the last event", b.Len())
	}
}
