// Uses Kinesis through the AWS SDK for JavaScript v3 as an application does: over plain-text HTTP/2, which its Kinesis
// client speaks by default, and over HTTP/1.1. Arguments: the directory that holds node_modules, the endpoint.
"use strict";

const assert = require("node:assert/strict");
const crypto = require("node:crypto");
const { createRequire } = require("node:module");
const path = require("node:path");

const [dir, endpoint] = process.argv.slice(2);
const from = createRequire(path.join(dir, "package.json"));
const sdk = from("@aws-sdk/client-kinesis");
const { NodeHttpHandler } = createRequire(from.resolve("@aws-sdk/client-kinesis"))("@smithy/node-http-handler");

// aggregate packs user records as the Kinesis Producer Library does; to the service they are one record's bytes.
function aggregate(key, values) {
  const field = (number, bytes) => Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
  const records = values.map((v) => field(3, Buffer.concat([Buffer.from([1 << 3, 0]), field(3, Buffer.from(v))])));
  const message = Buffer.concat([field(1, Buffer.from(key)), ...records]);
  return Buffer.concat([Buffer.from("f3899ac2", "hex"), message, crypto.createHash("md5").update(message).digest()]);
}

async function story(name, options) {
  const client = new sdk.KinesisClient({ endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" }, ...options });
  const send = (operation, input) => client.send(new sdk[operation + "Command"](input));
  const StreamName = "js-" + name;
  await assert.rejects(send("DescribeStreamSummary", { StreamName }), (e) => e instanceof sdk.ResourceNotFoundException && e.message.startsWith("Stream " + StreamName + " under account"));
  await send("CreateStream", { StreamName, ShardCount: 1 });
  await sdk.waitUntilStreamExists({ client, maxWaitTime: 60, minDelay: 1 }, { StreamName });

  const data = [Buffer.alloc(0), Buffer.from("naïve ✓"), crypto.randomBytes(100_000), aggregate("k", ["one", "two", "three"])];
  const first = await send("PutRecord", { StreamName, PartitionKey: "key 0", Data: data[0] });
  const rest = await send("PutRecords", { StreamName, Records: data.slice(1).map((Data, i) => ({ Data, PartitionKey: `key ${i + 1}` })) });
  assert.equal(rest.FailedRecordCount, 0);
  const { ShardIterator } = await send("GetShardIterator", { StreamName, ShardId: first.ShardId, ShardIteratorType: "TRIM_HORIZON" });
  const got = await send("GetRecords", { ShardIterator });
  assert.equal(got.MillisBehindLatest, 0);
  assert.deepEqual(got.Records.map((r) => r.SequenceNumber), [first, ...rest.Records].map((r) => r.SequenceNumber));
  const compare = (records) => records.forEach((r, i) => {
    assert.deepEqual(Buffer.from(r.Data), data[i]);
    assert.equal(r.PartitionKey, `key ${i}`);
    assert.ok(Math.abs(r.ApproximateArrivalTimestamp - Date.now()) < 600_000);
  });
  assert.equal(got.Records.length, data.length);
  compare(got.Records);

  const { StreamDescriptionSummary } = await send("DescribeStreamSummary", { StreamName });
  const { Consumer } = await send("RegisterStreamConsumer", { StreamARN: StreamDescriptionSummary.StreamARN, ConsumerName: "app" });
  for (let status = Consumer.ConsumerStatus; status !== "ACTIVE";) {
    status = (await send("DescribeStreamConsumer", { ConsumerARN: Consumer.ConsumerARN })).ConsumerDescription.ConsumerStatus;
  }
  const subscription = await send("SubscribeToShard", { ConsumerARN: Consumer.ConsumerARN, ShardId: first.ShardId, StartingPosition: { Type: "TRIM_HORIZON" } });
  const received = [];
  let late;
  for await (const event of subscription.EventStream) {
    assert.ok(event.SubscribeToShardEvent, JSON.stringify(event));
    assert.ok(event.SubscribeToShardEvent.ContinuationSequenceNumber);
    received.push(...event.SubscribeToShardEvent.Records);
    if (received.length === data.length && !late) {
      late = send("PutRecord", { StreamName, PartitionKey: "late", Data: Buffer.from("pushed") }); // while the subscription waits
    }
    if (received.length > data.length) break;
  }
  compare(received.slice(0, data.length));
  assert.equal(received[data.length].SequenceNumber, (await late).SequenceNumber);
  assert.equal(Buffer.from(received[data.length].Data).toString(), "pushed");
  await send("DeleteStream", { StreamName, EnforceConsumerDeletion: true });
  client.destroy();
  return client.config.requestHandler.constructor.name;
}

(async () => {
  assert.equal(await story("http2", {}), "NodeHttp2Handler");
  assert.equal(await story("http1", { requestHandler: new NodeHttpHandler() }), "NodeHttpHandler");
  console.log("ok");
  process.exit(0);
})().catch((e) => {
  console.error(e);
  process.exit(1);
});
