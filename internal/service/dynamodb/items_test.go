package dynamodb

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestLegacyLeases goes through what consumers of the first generations do with a lease.
func TestLegacyLeases(t *testing.T) {
	w := newWorld(t)
	w.leases()
	lease := func(rest string) string {
		return `{"TableName":"leases","Key":{"leaseKey":{"S":"shard-0"}}` + rest + `}`
	}
	create := `{"TableName":"leases","Item":{"leaseKey":{"S":"shard-0"},"leaseCounter":{"N":"0"},"parentShardId":{"SS":["b","a"]}},"Expected":{"leaseKey":{"Exists":false}}}`
	w.ok("PutItem", create)
	w.refused("ConditionalCheckFailedException", "The conditional request failed", "PutItem", create)
	take := lease(`,"Expected":{"leaseCounter":{"Value":{"N":"0"}},"leaseOwner":{"Exists":false}},
		"AttributeUpdates":{"leaseOwner":{"Value":{"S":"w1"},"Action":"PUT"},"leaseCounter":{"Value":{"N":"1"},"Action":"ADD"}},"ReturnValues":"ALL_NEW"`)
	w.same(w.ok("UpdateItem", take)["Attributes"], `{"leaseKey":{"S":"shard-0"},"leaseCounter":{"N":"1"},"leaseOwner":{"S":"w1"},"parentShardId":{"SS":["a","b"]}}`)
	w.refused("ConditionalCheckFailedException", "The conditional request failed", "UpdateItem", take)
	w.same(w.ok("UpdateItem", lease(`,"Expected":{"leaseOwner":{"ComparisonOperator":"IN","AttributeValueList":[{"S":"x"},{"S":"w1"}]},"leaseCounter":{"ComparisonOperator":"GT","AttributeValueList":[{"N":"5"}]}},
		"ConditionalOperator":"OR","AttributeUpdates":{"leaseOwner":{"Action":"DELETE"},"parentShardId":{"Action":"DELETE","Value":{"SS":["a","z"]}}},"ReturnValues":"UPDATED_OLD"`))["Attributes"],
		`{"leaseOwner":{"S":"w1"},"parentShardId":{"SS":["a","b"]}}`)
	w.same(w.ok("UpdateItem", lease(`,"AttributeUpdates":{"parentShardId":{"Action":"DELETE","Value":{"SS":["b"]}},"n":{"Action":"ADD","Value":{"NS":["2","1"]}}},"ReturnValues":"UPDATED_NEW"`))["Attributes"],
		`{"n":{"NS":["1","2"]}}`)
	w.same(w.ok("GetItem", lease(`,"ConsistentRead":true`))["Item"], `{"leaseKey":{"S":"shard-0"},"leaseCounter":{"N":"1"},"n":{"NS":["1","2"]}}`)
	w.same(w.ok("DeleteItem", lease(`,"ReturnValues":"ALL_OLD"`))["Attributes"], `{"leaseKey":{"S":"shard-0"},"leaseCounter":{"N":"1"},"n":{"NS":["1","2"]}}`)
	w.same(w.ok("GetItem", lease(``)), `{}`)
	w.ok("DeleteItem", lease(``))
}

// TestLock goes through what the lock of a leader does with its record.
func TestLock(t *testing.T) {
	w := newWorld(t)
	w.leases()
	lock := `{"TableName":"leases","Item":{"leaseKey":{"S":"Leader"},"ownerName":{"S":"%s"},"recordVersionNumber":{"S":"%s"}},
		"ConditionExpression":"attribute_not_exists(#pk) OR (attribute_exists(#pk) AND #ir = :ir)","ExpressionAttributeNames":{"#pk":"leaseKey","#ir":"isReleased"},
		"ExpressionAttributeValues":{":ir":{"S":"1"}},"ReturnValuesOnConditionCheckFailure":"ALL_OLD"}`
	w.ok("PutItem", fmt.Sprintf(lock, "w1", "v1"))
	_, err := w.call("PutItem", fmt.Sprintf(lock, "w2", "v2"))
	text, _ := json.Marshal(err)
	if !strings.Contains(string(text), `"w1"`) {
		t.Errorf("the refusal does not show the item: %s", text)
	}
	release := `{"TableName":"leases","Key":{"leaseKey":{"S":"Leader"}},"UpdateExpression":"SET #ir = :ir",
		"ConditionExpression":"attribute_exists(#pk) AND #rvn = :rvn AND #on = :on","ExpressionAttributeNames":{"#pk":"leaseKey","#ir":"isReleased","#rvn":"recordVersionNumber","#on":"ownerName"},
		"ExpressionAttributeValues":{":ir":{"S":"1"},":rvn":{"S":"%s"},":on":{"S":"w1"}}}`
	w.refused("ConditionalCheckFailedException", "The conditional request failed", "UpdateItem", fmt.Sprintf(release, "v9"))
	w.ok("UpdateItem", fmt.Sprintf(release, "v1"))
	w.ok("PutItem", fmt.Sprintf(lock, "w2", "v2"))
}

// TestUpdates: what update expressions leave of an item.
func TestUpdates(t *testing.T) {
	w := newWorld(t)
	w.leases()
	const before = `{"leaseKey":{"S":"k"},"n":{"N":"5"},"l":{"L":[{"N":"0"},{"N":"1"},{"N":"2"},{"N":"3"}]},"m":{"M":{"a":{"S":"x"}}},"s":{"SS":["a","b"]}}`
	for _, c := range []struct{ expression, values, changed string }{
		{"SET n = n + :one, m.b = :one REMOVE s", `":one":{"N":"1"}`, `{"leaseKey":{"S":"k"},"n":{"N":"6"},"l":{"L":[{"N":"0"},{"N":"1"},{"N":"2"},{"N":"3"}]},"m":{"M":{"a":{"S":"x"},"b":{"N":"1"}}}}`},
		{"set n = n - :one remove m.a, l[1], l[2]", `":one":{"N":"0.5"}`, `{"leaseKey":{"S":"k"},"n":{"N":"4.5"},"l":{"L":[{"N":"0"},{"N":"3"}]},"m":{"M":{}},"s":{"SS":["a","b"]}}`},
		{"SET l[9] = :x, l[7] = :y, l[0] = n", `":x":{"S":"x"},":y":{"S":"y"}`, `{"leaseKey":{"S":"k"},"n":{"N":"5"},"l":{"L":[{"N":"5"},{"N":"1"},{"N":"2"},{"N":"3"},{"S":"y"},{"S":"x"}]},"m":{"M":{"a":{"S":"x"}}},"s":{"SS":["a","b"]}}`},
		{"SET l = list_append(:l, l), z = if_not_exists(z, :one), n = if_not_exists(n, :one)", `":l":{"L":[{"NULL":true}]},":one":{"N":"1"}`,
			`{"leaseKey":{"S":"k"},"n":{"N":"5"},"z":{"N":"1"},"l":{"L":[{"NULL":true},{"N":"0"},{"N":"1"},{"N":"2"},{"N":"3"}]},"m":{"M":{"a":{"S":"x"}}},"s":{"SS":["a","b"]}}`},
		{"ADD n :one, s :s, q :one DELETE nothing :s", `":one":{"N":"1"},":s":{"SS":["b","c"]}`, `{"leaseKey":{"S":"k"},"n":{"N":"6"},"q":{"N":"1"},"l":{"L":[{"N":"0"},{"N":"1"},{"N":"2"},{"N":"3"}]},"m":{"M":{"a":{"S":"x"}}},"s":{"SS":["a","b","c"]}}`},
		{"DELETE s :s", `":s":{"SS":["a","b"]}`, `{"leaseKey":{"S":"k"},"n":{"N":"5"},"l":{"L":[{"N":"0"},{"N":"1"},{"N":"2"},{"N":"3"}]},"m":{"M":{"a":{"S":"x"}}}}`},
		{"SET n = (n + :one), m = l REMOVE l", `":one":{"N":"1"}`, `{"leaseKey":{"S":"k"},"n":{"N":"6"},"m":{"L":[{"N":"0"},{"N":"1"},{"N":"2"},{"N":"3"}]},"s":{"SS":["a","b"]}}`},
	} {
		w.ok("PutItem", `{"TableName":"leases","Item":`+before+`}`)
		out := w.ok("UpdateItem", `{"TableName":"leases","Key":{"leaseKey":{"S":"k"}},"UpdateExpression":"`+c.expression+`","ExpressionAttributeValues":{`+c.values+`},"ReturnValues":"ALL_NEW"}`)
		w.same(out["Attributes"], c.changed)
	}
	w.same(w.ok("UpdateItem", `{"TableName":"leases","Key":{"leaseKey":{"S":"k"}},"UpdateExpression":"SET m = :m REMOVE s","ExpressionAttributeValues":{":m":{"N":"1"}},"ReturnValues":"UPDATED_NEW"}`)["Attributes"], `{"m":{"N":"1"}}`)
	w.same(w.ok("UpdateItem", `{"TableName":"leases","Key":{"leaseKey":{"S":"new"}},"ReturnValues":"ALL_NEW"}`)["Attributes"], `{"leaseKey":{"S":"new"}}`)
}

// TestConditions: which conditions an item fulfils.
func TestConditions(t *testing.T) {
	w := newWorld(t)
	w.leases()
	w.ok("PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":"k"},"n":{"N":"5"},"s":{"S":"hello"},"b":{"B":"AAEC"},"l":{"L":[{"N":"1"},{"S":"x"}]},"ss":{"SS":["a","b"]},"ns":{"NS":["1","2"]},
		"m":{"M":{"x":{"M":{"y":{"BOOL":true}}}}},"z":{"NULL":true}}}`)
	values := map[string]string{":n5": `{"N":"5.0"}`, ":n6": `{"N":"6"}`, ":n1": `{"N":"1"}`, ":he": `{"S":"he"}`, ":hello": `{"S":"hello"}`, ":x": `{"S":"x"}`, ":a": `{"S":"a"}`,
		":b": `{"B":"AQ=="}`, ":b0": `{"B":"AAE="}`, ":t": `{"BOOL":true}`, ":N": `{"S":"N"}`, ":NULL": `{"S":"NULL"}`, ":set": `{"SS":["b","a"]}`, ":n3": `{"N":"3"}`}
	for expression, want := range map[string]bool{
		"n = :n5": true, "n = :hello": false, "n <> :n5": false, "n <> :n6": true, "absent <> :n5": true, "absent = :n5": false, "n < :n6": true, "n <= :n5": true, "n > :n5": false, "n >= :n5": true,
		"s > :n5": false, "s < :n5": false, "n BETWEEN :n1 AND :n5": true, "n BETWEEN :n6 AND :n6": false, "n IN (:n6, :n5)": true, "n IN (:n6)": false, "absent IN (:n6)": false,
		"begins_with(s, :he)": true, "begins_with(s, :x)": false, "begins_with(b, :b0)": true, "contains(s, :he)": true, "contains(l, :x)": true, "contains(l, :he)": false, "contains(ss, :a)": true,
		"contains(ns, :n1)": true, "contains(ns, :a)": false, "contains(b, :b)": true, "contains(n, :n5)": false, "attribute_exists(m.x.y)": true, "attribute_exists(m.x.q)": false, "attribute_exists(l[1])": true,
		"attribute_not_exists(l[2])": true, "attribute_exists(n.x)": false, "attribute_type(n, :N)": true, "attribute_type(z, :NULL)": true, "attribute_type(s, :N)": false, "m.x.y = :t": true,
		"size(s) = :n5": true, "size(l) < :n3": true, "size(n) = :n1": false, "size(absent) = :n1": false, "ss = :set": true, "NOT n = :n6": true, "NOT (n = :n5)": false,
		"n = :n6 OR n = :n5 AND s = :hello": true, "(n = :n6 OR n = :n5) AND s = :x": false, "not n = :n6 and not s = :x": true, "size(l) BETWEEN :n1 AND :n3": true, "n = n": false,
	} {
		var used []string
		for name, v := range values {
			if strings.Contains(expression+" ", name+" ") || strings.Contains(expression, name+")") || strings.Contains(expression, name+",") {
				used = append(used, fmt.Sprintf("%q:%s", name, v))
			}
		}
		body := `{"TableName":"leases","FilterExpression":"` + expression + `"`
		if len(used) > 0 {
			body += `,"ExpressionAttributeValues":{` + strings.Join(used, ",") + `}`
		}
		if expression == "n = n" {
			continue // refused, as TestRefusals has it
		}
		if got := w.ok("Scan", body+`}`)["Count"] == 1.0; got != want {
			t.Errorf("%s holds: %t, want %t", expression, got, want)
		}
	}
}

// TestQueries: which items of a partition a query finds, in which order.
func TestQueries(t *testing.T) {
	w := newWorld(t)
	w.scores()
	for _, n := range []string{"-10", "-1.5", "0", "2", "10", "1e3"} {
		w.ok("PutItem", `{"TableName":"scores","Item":{"game":{"S":"g"},"score":{"N":"`+n+`"},"player":{"S":"p"},"note":{"S":"n"},"rest":{"S":"r"}}}`)
	}
	w.ok("PutItem", `{"TableName":"scores","Item":{"game":{"S":"other"},"score":{"N":"7"},"player":{"S":"p"}}}`)
	w.ok("PutItem", `{"TableName":"scores","Item":{"game":{"S":"none"},"score":{"N":"7"}}}`)
	found := func(out object) string {
		var all []string
		for _, it := range out["Items"].([]any) {
			all = append(all, it.(object)["score"].(object)["N"].(string))
		}
		return strings.Join(all, " ")
	}
	run := func(rest string) object { return w.ok("Query", `{"TableName":"scores",`+rest+`}`) }
	ask := func(condition, values, rest string) object {
		return run(`"KeyConditionExpression":"game = :g` + condition + `","ExpressionAttributeValues":{":g":{"S":"g"}` + values + `}` + rest)
	}
	for _, c := range []struct{ condition, values, want string }{
		{"", "", "-10 -1.5 0 2 10 1000"}, {" AND score = :v", `,":v":{"N":"2.0"}`, "2"}, {" AND score < :v", `,":v":{"N":"0"}`, "-10 -1.5"},
		{" AND score <= :v", `,":v":{"N":"0"}`, "-10 -1.5 0"}, {" AND score > :v", `,":v":{"N":"2"}`, "10 1000"}, {" AND :v <= score", `,":v":{"N":"2"}`, "2 10 1000"},
		{" AND score BETWEEN :v AND :w", `,":v":{"N":"-1.5"},":w":{"N":"2"}`, "-1.5 0 2"}, {" AND score = :v", `,":v":{"N":"3"}`, ""},
	} {
		if got := found(ask(c.condition, c.values, "")); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.condition, c.values, got, c.want)
		}
	}
	if got := found(ask("", "", `,"ScanIndexForward":false,"Limit":2`)); got != "1000 10" {
		t.Errorf("backward: %q", got)
	}
	out := ask("", "", `,"ScanIndexForward":false,"Limit":2,"ExclusiveStartKey":{"game":{"S":"g"},"score":{"N":"10"}}`)
	w.same(out["LastEvaluatedKey"], `{"game":{"S":"g"},"score":{"N":"0"}}`)
	if got := found(out); got != "2 0" {
		t.Errorf("backward from 10: %q", got)
	}
	w.same(run(`"KeyConditions":{"game":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"g"}]},"score":{"ComparisonOperator":"GE","AttributeValueList":[{"N":"10"}]}},
		"QueryFilter":{"note":{"ComparisonOperator":"NOT_NULL"}},"AttributesToGet":["score"]`)["Items"], `[{"score":{"N":"10"}},{"score":{"N":"1000"}}]`)
	w.same(run(`"IndexName":"byPlayer","KeyConditionExpression":"player = :p AND score > :s","ExpressionAttributeValues":{":p":{"S":"p"},":s":{"N":"5"}},"Limit":2,"ReturnConsumedCapacity":"INDEXES"`),
		`{"Items":[{"game":{"S":"other"},"score":{"N":"7"},"player":{"S":"p"}},{"game":{"S":"g"},"score":{"N":"10"},"player":{"S":"p"},"note":{"S":"n"}}],"Count":2,"ScannedCount":2,
		"LastEvaluatedKey":{"game":{"S":"g"},"score":{"N":"10"},"player":{"S":"p"}},
		"ConsumedCapacity":{"TableName":"scores","CapacityUnits":0.5,"Table":{"CapacityUnits":0},"GlobalSecondaryIndexes":{"byPlayer":{"CapacityUnits":0.5}}}}`)
	if got := w.ok("Scan", `{"TableName":"scores","IndexName":"byPlayer","Select":"COUNT"}`); got["Count"] != 7.0 || got["Items"] != nil {
		t.Errorf("scan of the index: %v", got)
	}
	w.ok("UpdateItem", `{"TableName":"scores","Key":{"game":{"S":"g"},"score":{"N":"10"}},"AttributeUpdates":{"player":{"Action":"DELETE"}}}`)
	w.reopen()
	if got := w.ok("Scan", `{"TableName":"scores","IndexName":"byPlayer","Select":"COUNT"}`); got["Count"] != 6.0 {
		t.Errorf("scan of the index after a restart: %v", got)
	}
	if got := w.ok("DescribeTable", `{"TableName":"scores"}`)["Table"].(object); got["ItemCount"] != 8.0 {
		t.Errorf("description: %v", got)
	}
}

// TestIndexOfManyItems makes an index on a table that has items already, some of which do not belong there.
func TestIndexOfManyItems(t *testing.T) {
	w := newWorld(t)
	w.leases()
	for i := range 50 {
		owner := fmt.Sprintf(`,"leaseOwner":{"S":"w%d"}`, i%3)
		if i%10 == 0 {
			owner = `,"leaseOwner":{"N":"1"}`
		}
		w.ok("PutItem", fmt.Sprintf(`{"TableName":"leases","Item":{"leaseKey":{"S":"k%d"}%s}}`, i, owner))
	}
	out := w.ok("UpdateTable", `{"TableName":"leases","AttributeDefinitions":[{"AttributeName":"leaseOwner","AttributeType":"S"}],"GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"byOwner",
		"KeySchema":[{"AttributeName":"leaseOwner","KeyType":"HASH"},{"AttributeName":"leaseKey","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}}]}`)
	index := out["TableDescription"].(object)["GlobalSecondaryIndexes"].([]any)[0].(object)
	if index["IndexStatus"] != "CREATING" {
		t.Errorf("index %v", index)
	}
	table := w.ok("DescribeTable", `{"TableName":"leases"}`)["Table"].(object)
	if index = table["GlobalSecondaryIndexes"].([]any)[0].(object); index["IndexStatus"] != "ACTIVE" || index["ItemCount"] != 45.0 {
		t.Errorf("index %v", index)
	}
	for range 2 {
		if got := w.ok("Query", `{"TableName":"leases","IndexName":"byOwner","KeyConditionExpression":"leaseOwner = :o","ExpressionAttributeValues":{":o":{"S":"w1"}}}`); got["Count"] != 15.0 {
			t.Errorf("query: %v", got)
		}
		w.reopen()
	}
	w.refused("ValidationException", "One or more parameter values were invalid: Type mismatch for Index Key leaseOwner Expected: S Actual: N IndexName: byOwner",
		"UpdateItem", `{"TableName":"leases","Key":{"leaseKey":{"S":"k1"}},"AttributeUpdates":{"leaseOwner":{"Value":{"N":"1"}}}}`)
	w.ok("UpdateTable", `{"TableName":"leases","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"byOwner"}}]}`)
	w.refused("ValidationException", "The table does not have the specified index: byOwner", "Scan", `{"TableName":"leases","IndexName":"byOwner"}`)
	w.ok("UpdateItem", `{"TableName":"leases","Key":{"leaseKey":{"S":"k1"}},"AttributeUpdates":{"leaseOwner":{"Value":{"N":"1"}}}}`)
}

// TestPages: a page ends at a megabyte, and a parallel scan sees everything once.
func TestPages(t *testing.T) {
	w := newWorld(t)
	w.leases()
	const items, bytes = 30, 100_000
	for i := range items {
		w.ok("PutItem", fmt.Sprintf(`{"TableName":"leases","Item":{"leaseKey":{"S":"k%02d"},"d":{"S":"%s"}}}`, i, strings.Repeat("d", bytes)))
	}
	seen, pages := map[string]int{}, 0
	collect := func(rest string) {
		for start := ""; ; {
			out := w.ok("Scan", `{"TableName":"leases","ProjectionExpression":"leaseKey"`+rest+start+`}`)
			pages++
			for _, it := range out["Items"].([]any) {
				seen[it.(object)["leaseKey"].(object)["S"].(string)]++
			}
			if out["LastEvaluatedKey"] == nil {
				return
			}
			key, _ := json.Marshal(out["LastEvaluatedKey"])
			start = `,"ExclusiveStartKey":` + string(key)
		}
	}
	collect("")
	if pages != 3 {
		t.Errorf("%d pages of %d bytes for %d", pages, pageBytesMax, items*bytes)
	}
	for segment := range 7 {
		collect(fmt.Sprintf(`,"TotalSegments":7,"Segment":%d,"Limit":2`, segment))
	}
	for key, n := range seen {
		if n != 2 {
			t.Errorf("%s was seen %d times in two scans", key, n)
		}
	}
	if len(seen) != items {
		t.Errorf("%d items were seen", len(seen))
	}
}

// TestBatches: batches are written and read as a whole, and have their bounds.
func TestBatches(t *testing.T) {
	w := newWorld(t)
	w.leases()
	w.scores()
	var puts, keys []string
	for i := range batchWriteMax - 1 {
		puts = append(puts, fmt.Sprintf(`{"PutRequest":{"Item":{"leaseKey":{"S":"k%d"},"d":{"S":"%s"}}}}`, i, strings.Repeat("d", 1000)))
	}
	for i := range batchGetMax {
		keys = append(keys, fmt.Sprintf(`{"leaseKey":{"S":"k%d"}}`, i))
	}
	other := `"scores":[{"PutRequest":{"Item":{"game":{"S":"g"},"score":{"N":"1"},"player":{"S":"p"}}}}]`
	out := w.ok("BatchWriteItem", `{"RequestItems":{"leases":[`+strings.Join(puts, ",")+`],`+other+`},"ReturnConsumedCapacity":"TOTAL"}`)
	w.same(out, `{"UnprocessedItems":{},"ConsumedCapacity":[{"TableName":"leases","CapacityUnits":24},{"TableName":"scores","CapacityUnits":2}]}`)
	w.refused("ValidationException", "Too many items requested for the BatchWriteItem call", "BatchWriteItem", `{"RequestItems":{"leases":[`+strings.Join(append(puts, puts[0]), ",")+`],`+other+`}}`)
	out = w.ok("BatchGetItem", `{"RequestItems":{"leases":{"Keys":[`+strings.Join(keys, ",")+`],"ProjectionExpression":"leaseKey"}},"ReturnConsumedCapacity":"TOTAL"}`)
	if n := len(out["Responses"].(object)["leases"].([]any)); n != batchWriteMax-1 {
		t.Errorf("%d items", n)
	}
	w.same(out["ConsumedCapacity"], `[{"TableName":"leases","CapacityUnits":50}]`)
	w.refused("ValidationException", "Too many items requested for the BatchGetItem call", "BatchGetItem", `{"RequestItems":{"leases":{"Keys":[`+strings.Join(keys, ",")+`]},"scores":{"Keys":[{"game":{"S":"g"},"score":{"N":"1"}}]}}}`)
	large := `{"PutRequest":{"Item":{"leaseKey":{"S":"k%d"},"d":{"S":"` + strings.Repeat("d", 390<<10) + `"}}}}`
	for i := range 45 {
		w.ok("BatchWriteItem", `{"RequestItems":{"leases":[`+fmt.Sprintf(large, i)+`]}}`)
	}
	out = w.ok("BatchGetItem", `{"RequestItems":{"leases":{"Keys":[`+strings.Join(keys[:45], ",")+`]}}}`)
	read, rest := len(out["Responses"].(object)["leases"].([]any)), len(out["UnprocessedKeys"].(object)["leases"].(object)["Keys"].([]any))
	if read != 43 || rest != 2 {
		t.Errorf("%d items were read and %d left", read, rest)
	}
}

// TestExpiry: items go once their time is over, by the service's clock, and only then.
func TestExpiry(t *testing.T) {
	w := newWorld(t)
	w.leases()
	put := func(key, expires string) {
		w.ok("PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":"`+key+`"},"expires":`+expires+`}}`)
	}
	at := func(d time.Duration) string { return fmt.Sprintf(`{"N":"%d"}`, epoch.Add(d).Unix()) }
	put("soon", at(time.Minute))
	put("later", at(time.Hour))
	put("text", `{"S":"1"}`)
	put("long ago", at(-6*365*24*time.Hour))
	put("renewed", at(time.Minute))
	w.ok("UpdateTimeToLive", `{"TableName":"leases","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"expires"}}`)
	w.refused("ValidationException", "TimeToLive is already enabled", "UpdateTimeToLive", `{"TableName":"leases","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"expires"}}`)
	w.same(w.ok("DescribeTimeToLive", `{"TableName":"leases"}`), `{"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED","AttributeName":"expires"}}`)
	for i := range expiredAtOnce + 1 {
		put(fmt.Sprint("many", i), at(time.Minute))
	}
	count := func() any { return w.ok("Scan", `{"TableName":"leases","Select":"COUNT"}`)["Count"] }
	work := func() (rounds int) {
		for busy := true; busy; rounds++ {
			var err error
			if busy, err = w.svc.Work(w.ctx); err != nil {
				t.Fatal(err)
			}
		}
		return rounds
	}
	work()
	if count() != 106.0 {
		t.Errorf("%v items before their time", count())
	}
	put("renewed", at(2*time.Hour))
	w.reopen()
	w.clock.Advance(time.Minute + time.Second)
	if rounds := work(); rounds < 2 || count() != 4.0 {
		t.Errorf("%v items after %d rounds", count(), rounds)
	}
	w.ok("UpdateTimeToLive", `{"TableName":"leases","TimeToLiveSpecification":{"Enabled":false,"AttributeName":"expires"}}`)
	w.clock.Advance(24 * time.Hour)
	if work(); count() != 4.0 {
		t.Errorf("%v items when nothing expires", count())
	}
}

// TestBounds: tables, and ids in memory, are bounded.
func TestBounds(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Limits = Limits{Tables: 1, IndexBytes: 2000} })
	w.leases()
	w.refused("LimitExceededException", "Subscriber limit exceeded: There is a limit of 1 tables per subscriber", "CreateTable",
		`{"TableName":"more","KeySchema":[{"AttributeName":"k","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"k","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}`)
	n := 0
	var err error
	for ; n < 1000 && err == nil; n++ {
		_, err = w.call("PutItem", fmt.Sprintf(`{"TableName":"leases","Item":{"leaseKey":{"S":"k%d"}}}`, n))
	}
	if n != 32 || err == nil || !strings.Contains(err.Error(), "LimitExceededException") {
		t.Errorf("after %d items: %v", n, err)
	}
	w.ok("PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":"k1"},"more":{"S":"of it"}}}`)
	w.ok("DeleteItem", `{"TableName":"leases","Key":{"leaseKey":{"S":"k1"}}}`)
	w.ok("PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":"k1"}}}`)
	held := w.svc.held.Load()
	w.reopen()
	w.ok("Scan", `{"TableName":"leases"}`)
	if again := w.svc.held.Load(); again != held || held < 1900 {
		t.Errorf("%d bytes are held after a restart, %d before", again, held)
	}
	w.ok("DeleteTable", `{"TableName":"leases"}`)
	if held := w.svc.held.Load(); held != 0 {
		t.Errorf("%d bytes are held of nothing", held)
	}
	if _, err := New(t.Context(), Config{}); err == nil {
		t.Error("a service without storage was opened")
	}
	if err := (Config{Limits: Limits{Tables: -1}}).Validate(); err == nil {
		t.Error("a negative limit was taken")
	}
}
