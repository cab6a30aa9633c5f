package kinesis

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"github.com/hookswitch/hookswitch/internal/keys"
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
	f.Add(appendRecord(nil, &putEntry{partitionKey: "key", data: []byte("data"), lineage: "line"}, 5, "shardId-000000000000", testRecordSealer(f)))
	f.Add([]byte{recordVersion, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := decodeRecord(b); err == nil && len(r.data)+len(r.partitionKey)+len(r.lineage) > len(b) {
			t.Fatalf("%x holds more than it is long: %+v", b, r)
		}
	})
}

func testRecordSealer(t testing.TB) *recordSealer {
	t.Helper()
	aead, err := newAEAD(make([]byte, keys.DataKeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	return &recordSealer{key: &dataKey{place: 7, aead: aead}, stream: "stream"}
}

// TestSealedRecords: what is not sealed can be read of one, its size in the bounds of a read is that of what was put, no two
// are the same, and none needs more room than was reserved.
func TestSealedRecords(t *testing.T) {
	seal := testRecordSealer(t)
	in := putEntry{partitionKey: "key", data: []byte("data"), hash: hashKey{1, 2}, hasExplicit: true, lineage: "line"}
	one := appendRecord(nil, &in, 5, "shard", seal)
	two := appendRecord(nil, &in, 5, "shard", seal)
	if bytes.Equal(one, two) || bytes.Contains(one, in.data) || len(one) > storedBytes(&in) {
		t.Errorf("sealed %x and %x, room for %d", one, two, storedBytes(&in))
	}
	out, err := decodeRecord(one)
	if err != nil || out.head == nil || string(out.partitionKey) != "key" || string(out.lineage) != "line" || out.explicit != in.hash || out.arrival != 5 || out.storedSize() != in.size() {
		t.Errorf("read %+v, %v", out, err)
	}
	if plain, err := decodeRecord(appendRecord(nil, &in, 5, "shard", nil)); err != nil || plain.head != nil || plain.storedSize() != in.size() {
		t.Errorf("read %+v, %v", plain, err)
	}
}

// BenchmarkAppendRecord is what a record of 1 KiB costs in clear and sealed, without the way to the disk.
func BenchmarkAppendRecord(b *testing.B) {
	in := putEntry{partitionKey: "pk-0000000000000000", data: make([]byte, 1024)}
	buf := make([]byte, 0, storedBytes(&in))
	for name, seal := range map[string]*recordSealer{"plain": nil, "sealed": testRecordSealer(b)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(in.data)))
			b.ReportAllocs()
			for b.Loop() {
				appendRecord(buf, &in, 5, "shardId-000000000000", seal)
			}
		})
	}
}
