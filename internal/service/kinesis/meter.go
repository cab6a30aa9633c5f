package kinesis

// shardMeter is what this process counts of one shard. It outlives changes of the stream's description.
type shardMeter struct {
	throttle shardThrottle
}
