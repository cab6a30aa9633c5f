// Package dynamodb is as much of DynamoDB, API version 2012-08-10, as consumers of streams and small applications need, on the
// storage port: tables with global secondary indexes, items, conditions in expressions and in the legacy parameters, queries,
// scans, batches, transactions, expiry.
//
// It promises what clients rely on: a 200 for a write means durable; a conditional write is atomic, and so is a transaction,
// over tables too; reads see every write that was acknowledged, indexes too; numbers are exact to 38 digits; refusals have the
// service's names and words.
//
// # Where things are
//
// Descriptions of tables are keys of one metadata log, each changed by a guarded append. The items of a table are the newest
// records of a log of its own, each under a hash of its primary key; a table made anew under an old name begins empty. In memory
// are only the ids of items, in order, for the table and each of its indexes (key.go, keyset.go): bounded by
// Limits.IndexBytes, and built anew from the log after a start, when a table is first used. A write holds a lock of its item,
// reads it, decides, and appends with a guard on what it read. A transaction is decided by one append to a log of
// transactions, and then carried out; one that a crash cut short is carried out at the next start (transaction.go).
//
// # Where it differs on purpose
//
// Tables and indexes are ACTIVE, and go away when deleted, at once. Nothing is throttled: throughput is described and counted,
// but not enforced. Items expire within seconds of their time. Single writes of two processes on one storage stay atomic, but
// the ids that one added are seen by the other's queries only after a conflict or a restart, and transactions are atomic within
// one process: one process at a time should serve tables. What is not there is refused by name: local secondary indexes, streams, replicas, point-in-time recovery and
// backups, own keys for encryption, resource policies, limits of on-demand and warm throughput, PartiQL, imports and exports.
package dynamodb
