package dynamodb

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/storage/memory"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// TestTables: what a description says, and what changes of it last.
func TestTables(t *testing.T) {
	w := newWorld(t)
	w.ok("CreateTable", `{"TableName":"abc","KeySchema":[{"AttributeName":"k","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"k","AttributeType":"B"},{"AttributeName":"x","AttributeType":"N"}],
		"ProvisionedThroughput":{"ReadCapacityUnits":2,"WriteCapacityUnits":3},"TableClass":"STANDARD_INFREQUENT_ACCESS","Tags":[{"Key":"a","Value":"b"}],
		"GlobalSecondaryIndexes":[{"IndexName":"byX","KeySchema":[{"AttributeName":"x","KeyType":"HASH"}],"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["y"]},"ProvisionedThroughput":{"ReadCapacityUnits":4,"WriteCapacityUnits":5}}]}`)
	w.clock.Advance(time.Hour)
	update := func(rest string) object {
		return w.ok("UpdateTable", `{"TableName":"abc",`+rest+`}`)["TableDescription"].(object)
	}
	if got := update(`"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":9},"GlobalSecondaryIndexUpdates":[{"Update":{"IndexName":"byX","ProvisionedThroughput":{"ReadCapacityUnits":7,"WriteCapacityUnits":5}}}]`); got["TableStatus"] != "UPDATING" {
		t.Errorf("answer %v", got)
	}
	w.refused("ValidationException", "The provisioned throughput for the table will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the table: 1. Requested ReadCapacityUnits: 1. Current WriteCapacityUnits provisioned for the table: 9. Requested WriteCapacityUnits: 9. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
		"UpdateTable", `{"TableName":"abc","ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":9}}`)
	id := ""
	for range 2 {
		got := w.ok("DescribeTable", `{"TableName":"arn:aws:dynamodb:eu-west-3:123456789012:table/abc"}`)["Table"].(object)
		if id == "" {
			id = got["TableId"].(string)
		}
		at := float64(epoch.Add(time.Hour).UnixMilli()) / 1000
		w.same(got, fmt.Sprintf(`{"TableName":"abc","TableStatus":"ACTIVE","TableArn":"arn:aws:dynamodb:eu-west-3:123456789012:table/abc","TableId":%q,"CreationDateTime":%v,
			"KeySchema":[{"AttributeName":"k","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"k","AttributeType":"B"},{"AttributeName":"x","AttributeType":"N"}],
			"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":9,"NumberOfDecreasesToday":0,"LastIncreaseDateTime":%v,"LastDecreaseDateTime":%v},"ItemCount":0,"TableSizeBytes":0,
			"DeletionProtectionEnabled":false,"TableClassSummary":{"TableClass":"STANDARD_INFREQUENT_ACCESS"},
			"GlobalSecondaryIndexes":[{"IndexName":"byX","IndexStatus":"ACTIVE","IndexArn":"arn:aws:dynamodb:eu-west-3:123456789012:table/abc/index/byX","KeySchema":[{"AttributeName":"x","KeyType":"HASH"}],
			"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["y"]},"ProvisionedThroughput":{"ReadCapacityUnits":7,"WriteCapacityUnits":5,"NumberOfDecreasesToday":0,"LastIncreaseDateTime":%v},"ItemCount":0,"IndexSizeBytes":0}]}`,
			id, float64(epoch.UnixMilli())/1000, at, at, at))
		w.reopen()
	}
	if got := update(`"BillingMode":"PAY_PER_REQUEST"`)["BillingModeSummary"].(object); got["BillingMode"] != "PAY_PER_REQUEST" {
		t.Errorf("billing %v", got)
	}
	w.refused("ValidationException", "One or more parameter values were invalid: ProvisionedThroughput must be specified when BillingMode is PROVISIONED", "UpdateTable", `{"TableName":"abc","BillingMode":"PROVISIONED"}`)
	if got := update(`"BillingMode":"PROVISIONED","ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}`); got["BillingModeSummary"] != nil {
		t.Errorf("billing %v", got)
	}
	w.refused("ResourceNotFoundException", "Requested resource not found: Index: none of table: abc not found", "UpdateTable", `{"TableName":"abc","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"none"}}]}`)
	w.refused("LimitExceededException", "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table", "UpdateTable",
		`{"TableName":"abc","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"byX"}},{"Delete":{"IndexName":"two"}}]}`)
}

// TestListsOfTables: names and tags come in pages, and accounts and regions do not see each other's.
func TestListsOfTables(t *testing.T) {
	w := newWorld(t)
	const tables = listTablesMax + 5
	for i := range tables {
		w.ok("CreateTable", fmt.Sprintf(`{"TableName":"table-%03d","KeySchema":[{"AttributeName":"k","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"k","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}`, i))
	}
	out := w.ok("ListTables", `{}`)
	if n := len(out["TableNames"].([]any)); n != listTablesMax || out["LastEvaluatedTableName"] != "table-099" {
		t.Errorf("%d names, last %v", n, out["LastEvaluatedTableName"])
	}
	w.same(w.ok("ListTables", `{"ExclusiveStartTableName":"table-102"}`), `{"TableNames":["table-103","table-104"]}`)
	w.same(w.ok("ListTables", `{"ExclusiveStartTableName":"table-1","Limit":1}`), `{"TableNames":["table-100"],"LastEvaluatedTableName":"table-100"}`)
	arn := `"ResourceArn":"arn:aws:dynamodb:eu-west-3:123456789012:table/table-000"`
	var tags []string
	for i := range tagsMax {
		tags = append(tags, fmt.Sprintf(`{"Key":"k%02d","Value":"v"}`, i))
	}
	w.ok("TagResource", `{`+arn+`,"Tags":[`+strings.Join(tags, ",")+`]}`)
	w.refused("LimitExceededException", "Subscriber limit exceeded: The number of tags exceeds the limit of 50 tags per resource", "TagResource", `{`+arn+`,"Tags":[{"Key":"more","Value":"v"}]}`)
	first := w.ok("ListTagsOfResource", `{`+arn+`}`)
	if n := len(first["Tags"].([]any)); n != tagsOnPage || first["NextToken"] != "k09" {
		t.Errorf("%d tags, then %v", n, first["NextToken"])
	}
	if last := w.ok("ListTagsOfResource", `{`+arn+`,"NextToken":"k45"}`); len(last["Tags"].([]any)) != 4 || last["NextToken"] != nil {
		t.Errorf("the last tags are %v", last)
	}
	w.ctx = wire.WithCaller(w.ctx, wire.Caller{Account: "111122223333", Region: "eu-west-3", Partition: "aws"})
	w.same(w.ok("ListTables", `{}`), `{"TableNames":[]}`)
	w.refused("AccessDeniedException", "User: arn:aws:iam::111122223333:root is not authorized to access this resource", "DescribeTable", `{"TableName":"arn:aws:dynamodb:eu-west-3:123456789012:table/table-000"}`)
}

// TestDeletionsCutShort: a table is gone once its deletion was acknowledged or begun, and its items with it.
func TestDeletionsCutShort(t *testing.T) {
	w := newWorld(t)
	w.leases()
	w.ok("PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":"old"}}}`)
	// The description says that the table is gone, and then the process ends.
	table := w.svc.allTables()[0]
	if err := w.svc.change(w.ctx, table, func(d *tableDoc) error { d.Gone = true; return nil }); err != nil {
		t.Fatal(err)
	}
	w.reopen()
	if logs, err := w.cfg.Storage.Names(w.ctx, itemLogs); err != nil || len(logs) != 0 {
		t.Errorf("items of %v are left, %v", logs, err)
	}
	w.leases()
	if got := w.ok("Scan", `{"TableName":"leases"}`)["Count"]; got != 0.0 {
		t.Errorf("%v items in a new table", got)
	}
}

// TestWritesThatFail: a write that is refused by the storage is no write, and the table goes on.
func TestWritesThatFail(t *testing.T) {
	w := newWorld(t)
	w.leases()
	w.disk.Plan(0, memory.FullDisk)
	put := `{"TableName":"leases","Item":{"leaseKey":{"S":"a"}}}`
	if _, err := w.call("PutItem", put); err == nil {
		t.Error("a write to a full disk is acknowledged")
	}
	if got := w.ok("Scan", `{"TableName":"leases"}`)["Count"]; got != 0.0 {
		t.Errorf("%v items", got)
	}
	w.ok("PutItem", put)
	w.disk.Plan(0, memory.FailedSync)
	_, err := w.call("PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":"b"}}}`)
	w.reopen()
	if got := w.ok("Scan", `{"TableName":"leases"}`)["Count"]; got != 1.0 && got != 2.0 || err == nil && got != 2.0 {
		t.Errorf("%v items, after %v", got, err)
	}
}
