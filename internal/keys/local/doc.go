// Package local keeps keys on the storage port: customer keys with aliases, states, a window before deletion and denials, and
// the keys that services own (alias/aws/kinesis), which appear when they are first used.
//
// # What it promises
//
// Key material is random, made here, and stored only wrapped under a root key that is not in the storage. A data key is wrapped
// under a key's material, bound to the key, its account and Region, and the caller's context. A decision (disable, deny, schedule
// deletion) holds for the next request. A key whose deletion is due cannot be used by the clock alone; the next Work
// erases its material, and everything under it is unreadable for good.
//
// # Who may use a key
//
// Callers of the key's account, unless the key's policy denies it to them, and of other accounts that the policy allows it; the
// policy is reduced to such statements. Keys that services own cannot be changed, and serve their account alone.
//
// Processes on one storage learn of each other's changes in Work.
package local
