package dynamodb

import (
	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
)

// What one capacity unit reads and writes, in bytes.
const (
	readUnitBytes  = 4 << 10
	writeUnitBytes = 1 << 10
)

// usage is what a request consumed of one table, in capacity units.
type usage struct {
	table   float64
	indexes map[string]float64
}

func (u *usage) addIndex(name string, units float64) {
	if u.indexes == nil {
		u.indexes = map[string]float64{}
	}
	u.indexes[name] += units
}

// readUnits is what reading so many bytes at once consumes.
func readUnits(bytes int, consistent bool) float64 {
	units := float64(max(1, (bytes+readUnitBytes-1)/readUnitBytes))
	if consistent {
		return units
	}
	return units / 2
}

func writeUnits(it item.Item) float64 {
	return float64(max(1, (it.Size()+writeUnitBytes-1)/writeUnitBytes))
}

// add counts a write: the larger of the old and the new item, and for each index what changes there.
func (u *usage) add(doc *tableDoc, old, now item.Item) {
	u.table += max(writeUnits(old), writeUnits(now))
	for _, x := range doc.Indexes {
		before, wasThere := x.Keys.entry(old, "")
		after, isThere := x.Keys.entry(now, "")
		was, is := x.project(old, doc.Keys), x.project(now, doc.Keys)
		switch {
		case wasThere && isThere && before == after:
			if !was.Equal(is) {
				u.addIndex(x.Name, max(writeUnits(was), writeUnits(is)))
			}
			continue
		case wasThere:
			u.addIndex(x.Name, writeUnits(was))
		}
		if isThere {
			u.addIndex(x.Name, writeUnits(is))
		}
	}
}

// times multiplies what was consumed: transactions consume twice.
func (u usage) times(n float64) usage {
	out := usage{table: u.table * n}
	for name, units := range u.indexes {
		out.addIndex(name, units*n)
	}
	return out
}

// consumed gives what was consumed as the answer is to show it; nil when it is not to.
func (u usage) consumed(mode *string, doc *tableDoc) *dynamodbapi.ConsumedCapacity {
	if value(mode) != "TOTAL" && value(mode) != "INDEXES" {
		return nil
	}
	total := u.table
	for _, units := range u.indexes {
		total += units
	}
	out := &dynamodbapi.ConsumedCapacity{TableName: &doc.Name, CapacityUnits: &total}
	if *mode == "TOTAL" {
		return out
	}
	out.Table = &dynamodbapi.Capacity{CapacityUnits: ptr(u.table)}
	for name, units := range u.indexes {
		if out.GlobalSecondaryIndexes == nil {
			out.GlobalSecondaryIndexes = map[string]dynamodbapi.Capacity{}
		}
		out.GlobalSecondaryIndexes[name] = dynamodbapi.Capacity{CapacityUnits: ptr(units)}
	}
	return out
}
