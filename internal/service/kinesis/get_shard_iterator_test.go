package kinesis

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// put puts records with data "0", "1", … (base64 of a byte each) under one key and returns their sequence numbers.
func (w *world) put(stream string, n int) []string {
	w.t.Helper()
	numbers := make([]string, n)
	for i := range numbers {
		numbers[i] = w.ok("PutRecord", `{"StreamName":%q,"PartitionKey":"k%d","Data":"","ExplicitHashKey":"0"}`, stream, i).text("SequenceNumber")
	}
	return numbers
}

// keys returns the partition keys that an iterator leads to.
func (w *world) keys(iterator string) string {
	w.t.Helper()
	out := w.ok("GetRecords", `{"ShardIterator":%q}`, iterator)
	var keys []string
	for i := range out.list("Records") {
		keys = append(keys, out.text(fmt.Sprintf("Records.%d.PartitionKey", i)))
	}
	return strings.Join(keys, " ")
}

func TestGetShardIterator(t *testing.T) {
	w := newWorld(t)
	w.create("s", 2)
	first := w.state("s").shards.all[0].startSeq
	var numbers []string
	for range 4 { // at 07.250, 07.750, 08.250, 08.750
		numbers = append(numbers, w.put("s", 1)...)
		w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"other shard","Data":"","ExplicitHashKey":"340282366920938463463374607431768211455"}`)
		w.advance(500 * time.Millisecond)
	}
	at := func(ms int64) string { return fmt.Sprintf("%.3f", float64(millis(epoch)+ms)/1000) }
	tests := []struct {
		name, members string
		want          int // records
	}{
		{"trim horizon", `"ShardIteratorType":"TRIM_HORIZON"`, 4},
		{"latest", `"ShardIteratorType":"LATEST"`, 0},
		{"at the first", `"ShardIteratorType":"AT_SEQUENCE_NUMBER","StartingSequenceNumber":"` + numbers[0] + `"`, 4},
		{"at the third", `"ShardIteratorType":"AT_SEQUENCE_NUMBER","StartingSequenceNumber":"` + numbers[2] + `"`, 2},
		{"after the third", `"ShardIteratorType":"AFTER_SEQUENCE_NUMBER","StartingSequenceNumber":"` + numbers[2] + `"`, 1},
		{"after the last", `"ShardIteratorType":"AFTER_SEQUENCE_NUMBER","StartingSequenceNumber":"` + numbers[3] + `"`, 0},
		{"at the shard's own number", `"ShardIteratorType":"AT_SEQUENCE_NUMBER","StartingSequenceNumber":"` + first + `"`, 4},
		{"after the shard's own number", `"ShardIteratorType":"AFTER_SEQUENCE_NUMBER","StartingSequenceNumber":"` + first + `"`, 4},
		{"at a time before all", `"ShardIteratorType":"AT_TIMESTAMP","Timestamp":1`, 4},
		{"at the time of the first", `"ShardIteratorType":"AT_TIMESTAMP","Timestamp":` + at(0), 4},
		{"just after the first", `"ShardIteratorType":"AT_TIMESTAMP","Timestamp":` + at(1), 3},
		{"at the time of the third", `"ShardIteratorType":"AT_TIMESTAMP","Timestamp":` + at(1000), 2},
		{"after all", `"ShardIteratorType":"AT_TIMESTAMP","Timestamp":` + at(2000), 0},
		{"a whole second", `"ShardIteratorType":"AT_TIMESTAMP","Timestamp":` + fmt.Sprint(epoch.Unix()+1), 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.t = t
			it := w.iterator("s", "%s", tt.members)
			if len(it) > iteratorCharsMax {
				t.Errorf("an iterator of %d characters", len(it))
			}
			if got := len(strings.Fields(w.keys(it))); got != tt.want {
				t.Errorf("%s leads to %d records, want %d", tt.members, got, tt.want)
			}
		})
	}
}

func TestLatestIsFixedWhenAsked(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	before := w.iterator("s", `"ShardIteratorType":"LATEST"`)
	w.put("s", 2)
	if got := w.keys(before); got != "k0 k1" {
		t.Errorf("LATEST from before two records leads to %q", got)
	}
	if got := w.keys(w.iterator("s", `"ShardIteratorType":"LATEST"`)); got != "" {
		t.Errorf("LATEST from after them leads to %q", got)
	}
}

func TestGetShardIteratorRefuses(t *testing.T) {
	w := newWorld(t)
	w.create("s", 2)
	number := w.put("s", 1)[0]
	sh := w.state("s").shards.all[0]
	other := w.state("s").shards.all[1].startSeq
	v1, v0 := number[:55], "65536"
	for d := range 10 { // version 1: one less in the last hexadecimal digit is 1 less in all
		if fmt.Sprint(d+1) == number[55:] {
			v1 += fmt.Sprint(d)
		}
	}
	foreign := sequenceNumber{shardCreated: sh.Created - 1, counter: 1, time: sh.Created, version: 2}.String()
	future := millis(epoch) + 1
	body := func(shard, rest string) string {
		return fmt.Sprintf(`{"StreamName":"s","ShardId":%q,%s}`, shard, rest)
	}
	const trim = `"ShardIteratorType":"TRIM_HORIZON"`
	must := "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified "
	used := func(n string) string {
		return "StartingSequenceNumber " + n + " used in GetShardIterator on shard shardId-000000000000 in stream s under account 123456789012 is invalid"
	}
	at := func(n string) string {
		return body("shardId-000000000000", `"ShardIteratorType":"AT_SEQUENCE_NUMBER","StartingSequenceNumber":"`+n+`"`)
	}
	tests := []struct{ name, body, code, message string }{
		{"shard ID malformed", body("ABKLFD8", trim), "ResourceNotFoundException", "Could not find shard ABKLFD8 in stream s under account 123456789012."},
		{"shard ID not whole", body("2.14E4", trim), "ResourceNotFoundException", "Could not find shard 2.14E4 in stream s under account 123456789012."},
		{"shard ID too large", body("shardId-002147483648", trim), "ResourceNotFoundException", "Could not find shard shardId-002147483648 in stream s under account 123456789012."},
		{"no such shard", body("2", trim), "ResourceNotFoundException", "Shard shardId-000000000002 in stream s under account 123456789012 does not exist"},
		{"no such stream", strings.Replace(body("x-0", trim), `"s"`, `"t"`, 1), "ResourceNotFoundException", "Shard shardId-000000000000 in stream t under account 123456789012 does not exist"},
		{"AT without a number", body("0", `"ShardIteratorType":"AT_SEQUENCE_NUMBER"`), "InvalidArgumentException", must + "AT_SEQUENCE_NUMBER and no StartingSequenceNumber."},
		{"AFTER without a number", body("0", `"ShardIteratorType":"AFTER_SEQUENCE_NUMBER"`), "InvalidArgumentException", must + "AFTER_SEQUENCE_NUMBER and no StartingSequenceNumber."},
		{"LATEST with a number", body("0", `"ShardIteratorType":"LATEST","StartingSequenceNumber":"0"`), "InvalidArgumentException", must + "LATEST and also a StartingSequenceNumber."},
		{"TRIM_HORIZON with a number", body("0", trim+`,"StartingSequenceNumber":"0"`), "InvalidArgumentException", must + "TRIM_HORIZON and also a StartingSequenceNumber."},
		{"no timestamp", body("0", `"ShardIteratorType":"AT_TIMESTAMP"`), "InvalidArgumentException",
			"Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter."},
		{"timestamp in the future", body("0", fmt.Sprintf(`"ShardIteratorType":"AT_TIMESTAMP","Timestamp":%.3f`, float64(future)/1000)), "InvalidArgumentException",
			fmt.Sprintf("The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: %d, currentTimestampInMillis: %d", future, millis(epoch))},
		{"not a sequence number", at("680564733841876926926749214863536422912"), "InvalidArgumentException", used("680564733841876926926749214863536422912") + "."},
		{"of another shard", at(other), "InvalidArgumentException",
			"Invalid StartingSequenceNumber. It encodes shardId-000000000001, while it was used in a call to a shard with shardId-000000000000"},
		{"of another incarnation", at(foreign), "InvalidArgumentException", used(foreign) + " because it did not come from this stream."},
		{"of version 1", at(v1), "InvalidArgumentException", used(v1) + " because it did not come from this stream."},
		{"of version 0", at(v0), "InternalFailure", ""},
		{"of version 0 and another shard", at("5"), "InvalidArgumentException",
			"Invalid StartingSequenceNumber. It encodes shardId-000000000005, while it was used in a call to a shard with shardId-000000000000"},
		{"of version 0 and created too late", at("26227199374822427428162556223570313216"), "InvalidArgumentException", used("26227199374822427428162556223570313216") + "."},
		{"of a shard below 0", at("49039857307708443467467104868809893875799651944235008002"), "InvalidArgumentException",
			"Invalid StartingSequenceNumber. It encodes shardId--02147483648, while it was used in a call to a shard with shardId-000000000000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.t = t
			w.refused("GetShardIterator", tt.body, tt.code, tt.message)
		})
	}
	w.t = t
	for _, id := range []string{"shardId-0", "x-1", "1", "shardId-000000000001"} {
		w.ok("GetShardIterator", "%s", body(id, trim))
	}
}
