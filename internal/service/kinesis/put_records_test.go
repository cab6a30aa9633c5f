package kinesis

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/internal/storage"
)

// entries makes the Records member of a PutRecords of n records with the given data each.
func entries(n int, data string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`{"PartitionKey":"key %d","Data":"%s"}`, i, data)
	}
	return "[" + strings.Join(list, ",") + "]"
}

func TestPutRecordsAnswersInRequestOrder(t *testing.T) {
	w := newWorld(t)
	w.create("s", 40) // three logs
	out := w.ok("PutRecords", `{"StreamName":"s","Records":%s}`, entries(putRecordsMax, "AAAA"))
	if out.at("FailedRecordCount") != 0.0 || len(out.list("Records")) != putRecordsMax {
		t.Fatalf("%v failed of %d", out.at("FailedRecordCount"), len(out.list("Records")))
	}
	seen := map[string]bool{}
	for i := range putRecordsMax {
		want := w.state("s").shards.route(hashPartitionKey(fmt.Sprintf("key %d", i))).id
		got, number := out.text(fmt.Sprintf("Records.%d.ShardId", i)), out.text(fmt.Sprintf("Records.%d.SequenceNumber", i))
		if n, err := parseSequence(number); err != nil || got != want || shardID(n.shardIndex) != want || seen[number] {
			t.Fatalf("record %d: shard %s, number %s (%+v, %v); want shard %s", i, got, number, n, err, want)
		}
		seen[number] = true
	}
}

func TestPutRecordsRefusesAll(t *testing.T) {
	w := newWorld(t)
	w.ok("CreateStream", `{"StreamName":"s","ShardCount":1,"MaxRecordSizeInKiB":10240}`)
	w.create("small", 1)
	mib := base64.StdEncoding.EncodeToString(make([]byte, 1<<20))
	tests := []struct{ name, body, code, message string }{
		{"no records", `{"StreamName":"s","Records":[]}`, "ValidationException",
			"1 validation error detected: Value '[]' at 'records' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{"a bad hash key among good", `{"StreamName":"s","Records":[{"PartitionKey":"k","Data":""},{"PartitionKey":"k","Data":"","ExplicitHashKey":"999999999999999999999999999999999999999"}]}`,
			"InvalidArgumentException", "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was 999999999999999999999999999999999999999"},
		{"more than 10 MiB in all", `{"StreamName":"s","Records":` + entries(10, mib) + `}`, "InvalidArgumentException", "Records size exceeds 10 MB limit"},
		{"a record that is too large", `{"StreamName":"small","Records":[{"PartitionKey":"k","Data":""},{"PartitionKey":"k","Data":"` + mib + `"}]}`, "ValidationException",
			"1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=1048576 cap=1048576]' at 'records.2.member.data' failed to satisfy constraint: Member must have length less than or equal to 1048576"},
		{"no such stream", `{"StreamName":"t","Records":[{"PartitionKey":"k","Data":""}]}`, "ResourceNotFoundException", "Stream t under account 123456789012 not found."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.t = t
			w.refused("PutRecords", tt.body, tt.code, tt.message)
		})
	}
	w.t = t
	if status, text := w.send("PutRecords", `{"StreamName":"s","Records":`+entries(putRecordsMax+1, "")+`}`); status != 400 ||
		!strings.Contains(text, "at 'records' failed to satisfy constraint: Member must have length less than or equal to 500") {
		t.Errorf("501 records: %d %.200s", status, text)
	}
	if p := w.ok("GetRecords", `{"ShardIterator":%q}`, w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)); len(p.list("Records")) != 0 {
		t.Errorf("%d records were stored by refused requests", len(p.list("Records")))
	}
	w.ok("PutRecords", `{"StreamName":"s","Records":%s}`, entries(9, mib)) // just below 10 MiB with the keys
}

func TestPutRecordsFailsByLog(t *testing.T) {
	w := newWorld(t)
	w.create("s", 32) // two logs
	f := &failing{Engine: w.cfg.Storage, fail: map[string]error{"-1": errors.New("disk on fire")}}
	w.cfg.Storage = f
	var err error
	if w.svc, err = New(w.ctx, w.cfg); err != nil {
		t.Fatal(err)
	}
	out := w.ok("PutRecords", `{"StreamName":"s","Records":%s}`, entries(100, "AAAA"))
	failed := 0
	for i := range 100 {
		sh := w.state("s").shards.route(hashPartitionKey(fmt.Sprintf("key %d", i)))
		got := fmt.Sprint(out.at(fmt.Sprintf("Records.%d", i)))
		if w.state("s").log(sh) == 1 {
			failed++
			if got != "map[ErrorCode:InternalFailure ErrorMessage:Internal Service Failure.]" {
				t.Fatalf("record %d of the failing log: %s", i, got)
			}
		} else if out.text(fmt.Sprintf("Records.%d.ShardId", i)) != sh.id {
			t.Fatalf("record %d of the good log: %s", i, got)
		}
	}
	if failed == 0 || failed == 100 || out.at("FailedRecordCount") != float64(failed) {
		t.Errorf("FailedRecordCount is %v, want %d", out.at("FailedRecordCount"), failed)
	}

	one := `{"StreamName":"s","PartitionKey":"k","Data":"","ExplicitHashKey":"340282366920938463463374607431768211455"}`
	w.refused("PutRecord", one, "InternalFailure", "The request failed because of an internal error. Its request id finds the cause in the server's log.")
	f.fail = map[string]error{"-0": storage.ErrNotFound, "-1": storage.ErrNotFound}
	w.refused("PutRecord", one, "ResourceNotFoundException", "Stream s under account 123456789012 not found.")
	w.refused("PutRecords", `{"StreamName":"s","Records":`+entries(100, "")+`}`, "ResourceNotFoundException", "Stream s under account 123456789012 not found.")
}
