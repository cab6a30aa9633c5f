package kinesis

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

func TestRecordRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := putEntry{
			partitionKey: rapid.StringN(1, 256, -1).Draw(t, "partition key"),
			data:         rapid.SliceOf(rapid.Byte()).Draw(t, "data"),
			hasExplicit:  rapid.Bool().Draw(t, "explicit"),
			lineage:      rapid.String().Draw(t, "lineage"),
		}
		in.hash = drawHashKey(t, "hash")
		arrival := rapid.Int64().Draw(t, "arrival")
		stored := appendRecord(nil, &in, arrival, "", nil)
		if over := len(stored) - len(in.partitionKey) - len(in.data) - len(in.lineage); over > recordOverheadsMax {
			t.Fatalf("%d bytes beside the contents, want at most %d", over, recordOverheadsMax)
		}
		out, err := decodeRecord(stored)
		if err != nil {
			t.Fatal(err)
		}
		if out.arrival != arrival || string(out.partitionKey) != in.partitionKey || !bytes.Equal(out.data, in.data) ||
			out.hasExplicit != in.hasExplicit || out.hasExplicit && out.explicit != in.hash || string(out.lineage) != in.lineage {
			t.Fatalf("stored %+v at %d, read %+v", in, arrival, out)
		}
		if at, err := arrivalOf(stored); err != nil || at != arrival {
			t.Fatalf("arrivalOf = %d, %v; want %d", at, err, arrival)
		}
	})
}

func FuzzDecodeRecord(f *testing.F) {
	f.Add(appendRecord(nil, &putEntry{partitionKey: "key", data: []byte("data"), hasExplicit: true, lineage: "line"}, 5, "", nil))
	f.Add([]byte{recordVersion, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := decodeRecord(b); err == nil && len(r.data)+len(r.partitionKey)+len(r.lineage) > len(b) {
			t.Fatalf("%x holds more than it is long: %+v", b, r)
		}
	})
}
