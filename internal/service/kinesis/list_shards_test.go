package kinesis

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// shards lists the indexes of the shards that a ListShards answers with.
func (w *world) shards(members string, args ...any) string {
	w.t.Helper()
	out := w.ok("ListShards", `{"StreamName":"s"%s}`, fmt.Sprintf(members, args...))
	var indexes []string
	for i := range out.list("Shards") {
		index, _ := parseShardID(out.text(fmt.Sprintf("Shards.%d.ShardId", i)))
		indexes = append(indexes, fmt.Sprint(index))
	}
	return strings.Join(indexes, " ")
}

func TestListShards(t *testing.T) {
	w := newWorld(t)
	w.create("s", 2)
	w.advance(10 * time.Second)
	split := w.clock.Now()
	w.closeShard0("s") // 0 and 1 closed, 2 and 3 open
	w.advance(10 * time.Second)
	filter := func(kind string, at time.Time) string {
		return fmt.Sprintf(`,"ShardFilter":{"Type":%q,"Timestamp":%d.%03d}`, kind, at.Unix(), at.Nanosecond()/1e6)
	}
	tests := []struct{ members, want string }{
		{``, "0 1 2 3"},
		{`,"MaxResults":3`, "0 1 2"},
		{`,"ExclusiveStartShardId":"shardId-000000000001"`, "2 3"},
		{`,"ShardFilter":{"Type":"FROM_TRIM_HORIZON"}`, "0 1 2 3"},
		{`,"ShardFilter":{"Type":"AT_TRIM_HORIZON"}`, "0 1"},
		{`,"ShardFilter":{"Type":"AT_LATEST"}`, "2 3"},
		{`,"ShardFilter":{"Type":"AFTER_SHARD_ID","ShardId":"shardId-000000000002"}`, "3"},
		{filter("AT_TIMESTAMP", epoch), "0 1"},
		{filter("AT_TIMESTAMP", epoch.Add(-time.Hour)), "0 1"},
		{filter("AT_TIMESTAMP", split.Add(5*time.Second)), "2 3"},
		{filter("FROM_TIMESTAMP", split), "0 1 2 3"},
		{filter("FROM_TIMESTAMP", split.Add(time.Second)), "2 3"},
		{fmt.Sprintf(`,"StreamCreationTimestamp":%d`, epoch.Unix()), "0 1 2 3"},
	}
	for _, tt := range tests {
		if got := w.shards("%s", tt.members); got != tt.want {
			t.Errorf("with %s: shards %q, want %q", tt.members, got, tt.want)
		}
	}
	w.advance(24 * time.Hour)
	for _, tt := range []struct{ members, want string }{{``, "2 3"}, {`,"ShardFilter":{"Type":"AT_TRIM_HORIZON"}`, "2 3"}} {
		if got := w.shards("%s", tt.members); got != tt.want {
			t.Errorf("a day later, with %s: shards %q, want %q", tt.members, got, tt.want)
		}
	}
}

func TestListShardsPages(t *testing.T) {
	w := newWorld(t)
	w.create("s", listShardsMax+500)
	first := w.ok("ListShards", `{"StreamName":"s","MaxResults":10000,"ShardFilter":{"Type":"AT_LATEST"}}`)
	token := first.text("NextToken")
	rest := w.ok("ListShards", `{"NextToken":%q}`, token)
	if a, b := len(first.list("Shards")), len(rest.list("Shards")); a != listShardsMax || b != 500 || rest["NextToken"] != nil || rest.text("Shards.0.ShardId") != shardID(listShardsMax) {
		t.Errorf("pages of %d and %d shards, the second from %s", a, b, rest.text("Shards.0.ShardId"))
	}
	if n := w.ok("ListShards", `{"NextToken":%q,"MaxResults":7}`, token); len(n.list("Shards")) != 7 || n.text("NextToken") == "" {
		t.Errorf("7 more: %d", len(n.list("Shards")))
	}
	body := fmt.Sprintf(`{"NextToken":%q}`, token)
	w.refusedAs(as("000000000000", testRegion), "ListShards", body, "AccessDeniedException",
		"User: arn:aws:iam::000000000000:root is not authorized to perform: kinesis:ListShards on resource: arn:aws:kinesis:eu-west-3:123456789012:stream/s "+
			"because no resource-based policy allows the kinesis:ListShards action")
	w.refusedAs(as(testAccount, "us-east-1"), "ListShards", body, "InvalidArgumentException", "Invalid NextToken.")
	w.ok("DeleteStream", `{"StreamName":"s"}`)
	w.create("s", 2000)
	w.refused("ListShards", body, "ResourceNotFoundException", "Stream s under account 123456789012 not found.")
	w.advance(tokenLife + time.Second)
	if _, text := w.send("ListShards", body); !strings.Contains(text, `"ExpiredNextTokenException"`) {
		t.Errorf("an old token: %s", text)
	}
}

func TestListShardsRefuses(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	tests := []struct{ name, body, code, message string }{
		{"neither", `{}`, "InvalidArgumentException", "Either NextToken or StreamName should be provided."},
		{"both", `{"StreamName":"s","NextToken":"x"}`, "InvalidArgumentException", "NextToken and StreamName cannot be provided together."},
		{"token and start", `{"ExclusiveStartShardId":"0","NextToken":"x"}`, "InvalidArgumentException",
			"NextToken cannot be provided together with ExclusiveStartShardId, StreamCreationTimestamp or ShardFilter."},
		{"bad token", `{"NextToken":"x"}`, "InvalidArgumentException", "Invalid NextToken."},
		{"no such stream", `{"StreamName":"t"}`, "ResourceNotFoundException", "Stream t under account 123456789012 not found."},
		{"an earlier stream of the name", `{"StreamName":"s","StreamCreationTimestamp":1}`, "ResourceNotFoundException", "Stream s under account 123456789012 not found."},
		{"filter without a shard", `{"StreamName":"s","ShardFilter":{"Type":"AFTER_SHARD_ID"}}`, "InvalidArgumentException", "Must specify ShardId for a ShardFilter of type AFTER_SHARD_ID."},
		{"filter without a time", `{"StreamName":"s","ShardFilter":{"Type":"AT_TIMESTAMP"}}`, "InvalidArgumentException", "Must specify Timestamp for a ShardFilter of type AT_TIMESTAMP."},
		{"filter in the future", `{"StreamName":"s","ShardFilter":{"Type":"FROM_TIMESTAMP","Timestamp":1772600768}}`, "InvalidArgumentException",
			"The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: 1772600768000, currentTimestampInMillis: 1772600767250"},
		{"bad start", `{"StreamName":"s","ExclusiveStartShardId":"abc"}`, "ResourceNotFoundException", "Could not find shard abc in stream s under account 123456789012."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.t = t
			w.refused("ListShards", tt.body, tt.code, tt.message)
		})
	}
}
