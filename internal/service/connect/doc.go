// Package connect is the Amazon Connect API: one file an operation, each a translation between the API's shapes and the
// words of the center. It decides nothing about contacts or configuration: it submits commands to an instance's
// switchboard, and reads what is committed from its live view and its contact store.
//
// It follows https://docs.aws.amazon.com/connect/latest/APIReference/. Where it differs on purpose:
//
//   - An instance is ACTIVE as soon as CreateInstance answers; AWS takes minutes.
//   - Settings that nothing here honours are refused with InvalidParameterException or InvalidRequestException naming the
//     member, where AWS would accept them.
package connect
