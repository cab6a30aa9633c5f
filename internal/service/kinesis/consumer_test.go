package kinesis

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const testStreamARN = "arn:aws:kinesis:" + testRegion + ":" + testAccount + ":stream/s"

// register makes a consumer of stream s and returns its ARN.
func (w *world) register(name string) string {
	w.t.Helper()
	return w.ok("RegisterStreamConsumer", `{"StreamARN":%q,"ConsumerName":%q}`, testStreamARN, name).text("Consumer.ConsumerARN")
}

func TestConsumerLife(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.TransitionDelay = time.Second })
	w.create("s", 1)
	w.refused("RegisterStreamConsumer", `{"StreamARN":"`+testStreamARN+`","ConsumerName":"app"}`, "ResourceInUseException", "Stream s under account 123456789012 not ACTIVE, instead in state CREATING")
	w.advance(time.Second)
	out := w.ok("RegisterStreamConsumer", `{"StreamARN":%q,"ConsumerName":"app","Tags":{"a":"b"}}`, testStreamARN)
	created := epoch.Unix() + 1
	arn := fmt.Sprintf("%s/consumer/app:%d", testStreamARN, created)
	if out.text("Consumer.ConsumerARN") != arn || out.text("Consumer.ConsumerName") != "app" || out.text("Consumer.ConsumerStatus") != "CREATING" || out.at("Consumer.ConsumerCreationTimestamp") != float64(created) {
		t.Errorf("registered %v", out)
	}
	describe := func(by string) answer { t.Helper(); return w.ok("DescribeStreamConsumer", "%s", by) }
	byARN, byName := `{"ConsumerARN":"`+arn+`"}`, `{"StreamARN":"`+testStreamARN+`","ConsumerName":"app"}`
	if got := describe(byARN); got.text("ConsumerDescription.ConsumerStatus") != "CREATING" || got.text("ConsumerDescription.StreamARN") != testStreamARN {
		t.Errorf("described as %v", got)
	}
	w.refused("SubscribeToShard", `{"ConsumerARN":"`+arn+`","ShardId":"0","StartingPosition":{"Type":"LATEST"}}`, "ResourceInUseException",
		fmt.Sprintf("Consumer app with creation timestamp %d under stream: s , account 123456789012 is not in ACTIVE status.", created))
	w.advance(time.Second)
	w.reopen()
	for _, by := range []string{byARN, byName, `{"StreamARN":"` + testStreamARN + `","ConsumerName":"app","ConsumerARN":"` + arn + `"}`} {
		if got := describe(by); got.text("ConsumerDescription.ConsumerStatus") != "ACTIVE" || got.text("ConsumerDescription.ConsumerARN") != arn || got.text("ConsumerDescription.ConsumerName") != "app" {
			t.Errorf("%s is described as %v", by, got)
		}
	}
	if got := w.ok("DescribeStreamSummary", `{"StreamName":"s"}`).at("StreamDescriptionSummary.ConsumerCount"); got != 1.0 {
		t.Errorf("the stream has %v consumers", got)
	}
	w.refused("RegisterStreamConsumer", `{"StreamARN":"`+testStreamARN+`","ConsumerName":"app"}`, "ResourceInUseException", "Consumer app under stream s already exists for account 123456789012.")
	w.ok("DeregisterStreamConsumer", "%s", byName)
	if got := describe(byARN).text("ConsumerDescription.ConsumerStatus"); got != "DELETING" {
		t.Errorf("a consumer on its way out is %s", got)
	}
	w.ok("DeregisterStreamConsumer", "%s", byARN)
	w.advance(time.Second)
	gone := "Consumer " + arn + ", account 123456789012 not found."
	w.refused("DescribeStreamConsumer", byARN, "ResourceNotFoundException", gone)
	w.refused("DeregisterStreamConsumer", byARN, "ResourceNotFoundException", gone)
	w.refused("DescribeStreamConsumer", byName, "ResourceNotFoundException", "Consumer app under stream s under account 123456789012 not found.")
	if second := w.register("app"); second == arn {
		t.Error("a consumer made anew has the old ARN")
	}
	w.refused("DescribeStreamConsumer", byARN, "ResourceNotFoundException", gone)
}

func TestConsumerARNsAreNeverReused(t *testing.T) {
	w := newWorld(t) // everything happens in one second
	seen := map[string]bool{}
	for range 3 {
		w.create("s", 1)
		for range 3 {
			arn := w.register("app")
			if seen[arn] {
				t.Errorf("%s is given twice", arn)
			}
			seen[arn] = true
			w.ok("DeregisterStreamConsumer", `{"ConsumerARN":%q}`, arn)
		}
		w.register("left")
		w.ok("DeleteStream", `{"StreamName":"s","EnforceConsumerDeletion":true}`)
		w.work()
	}
	if w.create("s", 1); len(w.state("s").Consumers) != 0 {
		t.Errorf("a stream made anew has consumers %v", w.state("s").Consumers)
	}
}

func TestConsumerRefusals(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	arn := w.register("app")
	for _, c := range []struct{ op, body, code, message string }{
		{"DescribeStreamConsumer", `{}`, "InvalidArgumentException", "Either ConsumerARN or both StreamARN and ConsumerName must be specified."},
		{"DescribeStreamConsumer", `{"ConsumerName":"app"}`, "InvalidArgumentException", "Either ConsumerARN or both StreamARN and ConsumerName must be specified."},
		{"DeregisterStreamConsumer", `{"StreamARN":"` + testStreamARN + `"}`, "InvalidArgumentException", "Either ConsumerARN or both StreamARN and ConsumerName must be specified."},
		{"DescribeStreamConsumer", `{"ConsumerARN":"` + arn + `","ConsumerName":"other"}`, "InvalidArgumentException", "StreamARN, ConsumerName and ConsumerARN do not name the same consumer."},
		{"DescribeStreamConsumer", `{"ConsumerARN":"` + arn + `","StreamARN":"` + testStreamARN + `2"}`, "InvalidArgumentException", "StreamARN, ConsumerName and ConsumerARN do not name the same consumer."},
		{"DescribeStreamConsumer", `{"ConsumerARN":"` + arn + `0"}`, "ResourceNotFoundException", "Consumer " + arn + "0, account 123456789012 not found."},
		{"DescribeStreamConsumer", `{"ConsumerARN":"` + arn + `000000000000000000000"}`, "InvalidArgumentException", "Invalid ConsumerARN: " + arn + "000000000000000000000"},
		{"DescribeStreamConsumer", `{"ConsumerARN":"` + strings.Replace(arn, testAccount, "000000000000", 1) + `"}`, "AccessDeniedException",
			"User: arn:aws:iam::123456789012:root is not authorized to perform: kinesis:DescribeStreamConsumer on resource: " + strings.Replace(arn, testAccount, "000000000000", 1) +
				" because no resource-based policy allows the kinesis:DescribeStreamConsumer action"},
		{"RegisterStreamConsumer", `{"StreamARN":"` + testStreamARN + `2","ConsumerName":"a"}`, "ResourceNotFoundException", "Stream s2 under account 123456789012 not found."},
		{"RegisterStreamConsumer", `{"StreamARN":"` + testStreamARN + `","ConsumerName":"a","Tags":{"a*":"b"}}`, "InvalidArgumentException", "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @."},
		{"ListStreamConsumers", `{"StreamARN":"` + testStreamARN + `2"}`, "ResourceNotFoundException", "Stream s2 under account 123456789012 not found."},
		{"ListStreamConsumers", `{"StreamARN":"` + testStreamARN + `","NextToken":"x"}`, "InvalidArgumentException", "Invalid NextToken."},
		{"ListStreamConsumers", `{"StreamARN":"` + testStreamARN + `","NextToken":"x","StreamCreationTimestamp":1}`, "InvalidArgumentException", "NextToken and StreamCreationTimestamp cannot be provided together."},
		{"ListStreamConsumers", `{"StreamARN":"` + testStreamARN + `","StreamCreationTimestamp":1}`, "ResourceNotFoundException", "Stream s under account 123456789012 not found."},
		{"DeleteStream", `{"StreamName":"s"}`, "ResourceInUseException", "DeleteStream can't delete 123456789012:s because there are consumers associated with this data stream. " +
			"To delete s anyway, set the EnforceConsumerDeletion parameter to true to force the deletion of all the consumers that are associated with it."},
		{"DeleteStream", `{"StreamName":"s","EnforceConsumerDeletion":false}`, "ResourceInUseException", "DeleteStream can't delete 123456789012:s because there are consumers associated with this data stream. " +
			"To delete s anyway, set the EnforceConsumerDeletion parameter to true to force the deletion of all the consumers that are associated with it."},
	} {
		w.refused(c.op, c.body, c.code, c.message)
	}
}

func TestConsumerLimits(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.TransitionDelay = time.Second })
	w.create("s", 1)
	w.advance(time.Second)
	for i := range consumersMax {
		if i > 0 && i%creatingConsumersMax == 0 {
			w.refused("RegisterStreamConsumer", `{"StreamARN":"`+testStreamARN+`","ConsumerName":"more"}`, "LimitExceededException", "Stream s under account 123456789012 has reached the limit of 5 consumers in the CREATING state.")
			w.advance(time.Second)
		}
		w.register(fmt.Sprintf("c%02d", i))
	}
	w.refused("RegisterStreamConsumer", `{"StreamARN":"`+testStreamARN+`","ConsumerName":"more"}`, "LimitExceededException", "Stream s under account 123456789012 has reached the limit of 20 consumers.")

	var names []string
	token := ""
	for range 10 {
		out := w.ok("ListStreamConsumers", `{"StreamARN":%q,"MaxResults":7%s}`, testStreamARN, token)
		for i := range out.list("Consumers") {
			names = append(names, out.text(fmt.Sprintf("Consumers.%d.ConsumerName", i)))
		}
		if out.text("NextToken") == "" {
			break
		}
		token = fmt.Sprintf(`,"NextToken":%q`, out.text("NextToken"))
	}
	if len(names) != consumersMax || names[0] != "c00" || names[consumersMax-1] != "c19" {
		t.Errorf("listed %v", names)
	}
	w.create("t", 1)
	w.refused("ListStreamConsumers", strings.Replace(`{"StreamARN":"`+testStreamARN+`"`+token+`}`, "stream/s", "stream/t", 1), "InvalidArgumentException", "Invalid NextToken.")
	w.advance(tokenLife + time.Second)
	if _, text := w.send("ListStreamConsumers", `{"StreamARN":"`+testStreamARN+`"`+token+`}`); !strings.Contains(text, "ExpiredNextTokenException") {
		t.Errorf("an old token: %s", text)
	}
}

func TestConsumerTags(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	arn := w.ok("RegisterStreamConsumer", `{"StreamARN":%q,"ConsumerName":"app","Tags":{"a":"b"}}`, testStreamARN).text("Consumer.ConsumerARN")
	w.ok("TagResource", `{"ResourceARN":%q,"Tags":{"c":"d","e":"f"}}`, arn)
	w.ok("UntagResource", `{"ResourceARN":%q,"TagKeys":["c","none"]}`, arn)
	w.reopen()
	if got := fmt.Sprint(w.ok("ListTagsForResource", `{"ResourceARN":%q}`, arn).list("Tags")); got != "[map[Key:a Value:b] map[Key:e Value:f]]" {
		t.Errorf("tags %s", got)
	}
	if got := w.ok("ListTagsForStream", `{"StreamName":"s"}`).list("Tags"); len(got) != 0 {
		t.Errorf("the stream has the consumer's tags: %v", got)
	}
}
