// Package kinesis is a Kinesis Data Streams of our own, API version 2013-12-02, on the storage port.
//
// It promises what clients rely on: a 200 for a put means durable; the records of a shard are read in the order of
// their sequence numbers, each once; sequence numbers, shard and stream ARNs, iterators and errors have the forms and
// words of the real service (observed there where a comment says so; otherwise from the API's documentation).
//
// # Where things are
//
// Descriptions of streams are keys of one metadata log, each changed by a guarded append; the state of a stream that
// requests work on is an immutable copy behind an atomic pointer. Records are in logs of their own, 16 shards to a log,
// named after the incarnation of the stream, so that a stream made anew under an old name begins empty. The counter in
// a sequence number is the record's place in its log.
//
// # Encryption
//
// Records that are put while a stream is encrypted are sealed with a data key (AES-256-GCM) under the stream's key, which package
// keys hands out: their data, bound to everything else that is stored of them, the stream and the shard. Partition keys stay
// in clear. Data keys are stored, wrapped, in one more log of the incarnation, each before its first record; one serves for
// five minutes or 4 GiB, in the process that made it. Whoever puts or reads is asked for the right to the key each
// time, and a data key that was unwrapped is dropped with the next decision about any key.
//
// # Where it differs on purpose
//
// Streams become ACTIVE, and go away when deleted, after Config.TransitionDelay, at once by default. Rates are limited
// only when Config.Throttle says so. On-demand streams grow by the minute, to 200 shards; only UpdateStreamWarmThroughput makes
// them smaller. A retention period is kept by the Config's clock. Shards split and merge, and modes change, at once: for Config.TransitionDelay after it the stream is
// UPDATING. A shard closes when the puts of this process that are under way in the stream have ended; other processes on
// the same storage learn of it in their next Work, so that one process at a time should serve a stream's writers.
// A second subscription of a consumer to a shard is noticed within one process only, and so are rates. What is
// not there yet is refused by name. Metrics are counted in this process, for Config.Metrics; the minute that a crash cuts
// short is lost.
//
// Callers are accounts, which own what they make. What an account may do to another's stream or consumer is what its
// resource policy says, of the operations that the real service lets policies share; a denial holds for the owner too.
// Conditions, NotAction and its siblings, and principals other than accounts are refused when a policy is put.
package kinesis
