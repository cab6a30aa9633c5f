// Package cloudwatch is the part of Amazon CloudWatch, API version 2010-08-01, that keeps metrics: what clients put, what
// our own services count (it is their metric.Sink), and the statistics that are asked of both. It is served as Smithy RPC
// in CBOR, as JSON and as forms with XML.
//
// It promises: a 200 for a put means durable; everything that was put in one second or minute of a series and unit adds
// up; errors have the names and, where a comment says where they were seen, the words of the real service.
//
// # Where things are
//
// A series is a namespace, a name and dimensions of one account in one Region. The log "cloudwatch" (latest) has a record
// of each, and all of them are in memory (series.go). What was observed is kept by the minute for 15 days and, for data of
// high resolution, by the second for three hours besides, each in a log (latest) of its own whose records are blocks of
// fifteen buckets of one series and unit (table.go, block.go). A put reads its blocks, adds to them and writes them back
// under guards; puts that wait for the disk go together. A query reads the blocks that it needs.
//
// # Bounds
//
// A request has 1 MiB at most, as sent and decompressed (package edge), and 100,000 items in all its lists (package wire): a
// thousand data with 150 values and counts each, which AWS takes in theory, are too many. An account has SeriesMax series in a Region, all series together take indexBytesMax of memory. A bucket takes some
// forty bytes, and up to distinctMax different values with how often each came; when there are more, values are rounded,
// first to 1.1 % and then to twice that and so on, which only percentiles can see. Blocks that were written last are
// kept in memory, cacheBytesMax for each log. What is too old to be asked for is hidden at once by the Config's clock
// and goes from storage by the engine's.
//
// # Where it differs on purpose
//
// Data can be read the moment it was put. There are no coarser roll-ups: after 15 days data is gone, where AWS keeps it by
// five minutes and by the hour for longer. A percentile is the smallest value that so many percent of the observations do
// not exceed; AWS does not say how it interpolates. What is not there yet is refused by name: metric math and Metrics
// Insights, alarms, dashboards, streams, trimmed statistics, dynamic labels, entities, other accounts' metrics.
package cloudwatch
