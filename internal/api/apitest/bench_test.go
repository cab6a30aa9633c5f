package apitest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// Each benchmark has a side "ours", decoding with validation or encoding, through Operation.Serve, and a side
// "encoding/json" (or the judge for CBOR), the same structures without validation:
//
//	go test -run xxx -bench . -benchmem ./internal/api/apitest

func payload(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i>>8)
	}
	return b
}

func putRecordsBody(records, size int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"StreamName":"clicks","Records":[`)
	for i := range records {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"Data":"%s","PartitionKey":"user-%06d"}`, base64.StdEncoding.EncodeToString(payload(size)), i)
	}
	b.WriteString(`]}`)
	return b.Bytes()
}

// decodeBench compares op on body with encoding/json into T.
func decodeBench[T any](b *testing.B, op wire.Operation, r *wire.Request) {
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(r.Body)))
		b.ReportAllocs()
		for b.Loop() {
			resp, err := op.Serve(context.Background(), r)
			if err != nil {
				b.Fatal(err)
			}
			if resp.Release != nil {
				resp.Release()
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.SetBytes(int64(len(r.Body)))
		b.ReportAllocs()
		for b.Loop() {
			if err := json.Unmarshal(r.Body, new(T)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func putRecords() wire.Operation {
	out := &kinesisapi.PutRecordsOutput{}
	return kinesisapi.PutRecords(func(context.Context, *kinesisapi.PutRecordsInput) (*kinesisapi.PutRecordsOutput, error) {
		return out, nil
	})
}

func BenchmarkDecodePutRecords500(b *testing.B) {
	decodeBench[kinesisapi.PutRecordsInput](b, putRecords(), &wire.Request{Encoding: wire.JSON, Body: putRecordsBody(500, 1024)})
}

func BenchmarkDecodePutRecords100(b *testing.B) {
	decodeBench[kinesisapi.PutRecordsInput](b, putRecords(), &wire.Request{Encoding: wire.JSON, Body: putRecordsBody(100, 1024)})
}

func BenchmarkDecodePutRecordsCBOR500(b *testing.B) {
	type record struct {
		Data         []byte
		PartitionKey string
	}
	var in struct {
		StreamName string
		Records    []record
	}
	in.StreamName = "clicks"
	for i := range 500 {
		in.Records = append(in.Records, record{payload(1024), fmt.Sprintf("user-%06d", i)})
	}
	body, err := cbor.Marshal(in)
	if err != nil {
		b.Fatal(err)
	}
	op, r := putRecords(), &wire.Request{Encoding: wire.CBOR, Body: body}
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := op.Serve(context.Background(), r); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("fxamacker", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			if err := cbor.Unmarshal(body, new(kinesisapi.PutRecordsInput)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkDecodePutRecord(b *testing.B) {
	op := kinesisapi.PutRecord(func(context.Context, *kinesisapi.PutRecordInput) (*kinesisapi.PutRecordOutput, error) {
		return nil, nil
	})
	body := fmt.Sprintf(`{"StreamARN":"arn:aws:kinesis:us-east-1:123456789012:stream/clicks","Data":"%s","PartitionKey":"user-1"}`,
		base64.StdEncoding.EncodeToString(payload(2048)))
	decodeBench[kinesisapi.PutRecordInput](b, op, &wire.Request{Encoding: wire.JSON, Body: []byte(body)})
}

func BenchmarkDecodeStartOutboundVoiceContact(b *testing.B) {
	op := connectapi.StartOutboundVoiceContact(
		func(context.Context, *connectapi.StartOutboundVoiceContactInput) (*connectapi.StartOutboundVoiceContactOutput, error) {
			return nil, nil
		})
	body := `{"DestinationPhoneNumber":"+15551234567","ContactFlowId":"0e9c2c0e-3b5c-4f4e-8a3e-0123456789ab",` +
		`"InstanceId":"1e9c2c0e-3b5c-4f4e-8a3e-0123456789ab","ClientToken":"2e9c2c0e-3b5c-4f4e-8a3e-0123456789ab",` +
		`"QueueId":"3e9c2c0e-3b5c-4f4e-8a3e-0123456789ab","Attributes":{"customer":"4711","segment":"gold"},"TrafficType":"GENERAL"}`
	decodeBench[connectapi.StartOutboundVoiceContactInput](b, op, &wire.Request{Encoding: wire.JSON, Body: []byte(body)})
}

func BenchmarkDecodeDescribeStreamSummary(b *testing.B) {
	op := kinesisapi.DescribeStreamSummary(
		func(context.Context, *kinesisapi.DescribeStreamSummaryInput) (*kinesisapi.DescribeStreamSummaryOutput, error) {
			return nil, nil
		})
	decodeBench[kinesisapi.DescribeStreamSummaryInput](b, op, &wire.Request{Encoding: wire.JSON, Body: []byte(`{"StreamName":"clicks"}`)})
}

// encodeBench compares the encoding of out in an operation's answer with encoding/json.
func encodeBench(b *testing.B, op wire.Operation, r *wire.Request, out any) {
	resp, err := op.Serve(context.Background(), r)
	if err != nil {
		b.Fatal(err)
	}
	size := int64(len(resp.Body))
	resp.Release()
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			resp, err := op.Serve(context.Background(), r)
			if err != nil {
				b.Fatal(err)
			}
			resp.Release()
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(out); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkEncodeGetRecords100(b *testing.B) {
	out := &kinesisapi.GetRecordsOutput{NextShardIterator: new("AAAA"), MillisBehindLatest: new(int64(0))}
	at := time.UnixMilli(1459799926480)
	for i := range 100 {
		out.Records = append(out.Records, kinesisapi.Record{Data: payload(1024), PartitionKey: new(fmt.Sprintf("user-%06d", i)),
			SequenceNumber: new("49590338271490256608559692538361571095921575989136588898"), ApproximateArrivalTimestamp: &at})
	}
	op := kinesisapi.GetRecords(func(context.Context, *kinesisapi.GetRecordsInput) (*kinesisapi.GetRecordsOutput, error) {
		return out, nil
	})
	encodeBench(b, op, &wire.Request{Encoding: wire.JSON, Body: []byte(`{"ShardIterator":"x"}`)}, out)
}

func BenchmarkEncodePutRecords500(b *testing.B) {
	out := &kinesisapi.PutRecordsOutput{FailedRecordCount: new(int32(0))}
	for range 500 {
		out.Records = append(out.Records, kinesisapi.PutRecordsResultEntry{ShardId: new("shardId-000000000000"),
			SequenceNumber: new("49590338271490256608559692538361571095921575989136588898")})
	}
	op := kinesisapi.PutRecords(func(context.Context, *kinesisapi.PutRecordsInput) (*kinesisapi.PutRecordsOutput, error) {
		return out, nil
	})
	encodeBench(b, op, &wire.Request{Encoding: wire.JSON, Body: putRecordsBody(1, 1)}, out)
}
