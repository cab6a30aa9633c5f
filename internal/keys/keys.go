// Package keys is the port to whoever keeps keys that data is encrypted under: a key management service hands out data
// keys, each also wrapped under one of its keys, and unwraps them again for who may read. The key itself never leaves it.
// Package keys/local implements it.
package keys

import (
	"context"
	"fmt"
)

// DataKeyBytes is the length of every data key: AES-256.
const DataKeyBytes = 32

// A Use is what somebody wants of a key, named as the permission for it is.
type Use string

// The uses that data at rest needs: writers generate data keys, readers decrypt them.
const (
	GenerateDataKey Use = "GenerateDataKey"
	Decrypt         Use = "Decrypt"
)

// Caller is on whose behalf a service uses a key.
type Caller struct {
	Partition string // "" is "aws"
	Account   string // 12 digits
	Region    string
	// Principal is the ARN of who asked, or a service's name such as connect.amazonaws.com; "" is the root user of the account.
	Principal string
	Via       string // the service that uses the key, as it is named in ARNs: "kinesis"
}

// Who returns the name of the principal.
func (c Caller) Who() string {
	if c.Principal != "" {
		return c.Principal
	}
	return "arn:" + c.PartitionName() + ":iam::" + c.Account + ":root"
}

// PartitionName returns the partition of the caller's ARNs.
func (c Caller) PartitionName() string {
	if c.Partition == "" {
		return "aws"
	}
	return c.Partition
}

// Context is what a data key is bound to: it is unwrapped only with the context that it was made with.
type Context map[string]string

// DataKey is a key that data is encrypted with. Plain must not outlive its use, and reaches neither disk nor log.
type DataKey struct {
	Key     string // ARN of the key that it is wrapped under
	Plain   []byte // DataKeyBytes
	Wrapped []byte // to be kept with the data
}

// String hides the key: a DataKey in a log or an error tells nothing.
func (d DataKey) String() string { return "data key under " + d.Key }

// GoString hides the key from %#v as well.
func (d DataKey) GoString() string { return d.String() }

// A Provider keeps keys. What it refuses is an *Error; any other error is a failure of its own. It is safe for concurrent use.
type Provider interface {
	// Resolve returns the ARN of the key that a key's id, its ARN, an alias ("alias/…") or an alias's ARN names. The alias
	// of a service's own key, alias/aws/<Via>, always names one. Whether the key can be used is not asked.
	Resolve(ctx context.Context, c Caller, name string) (key string, err error)
	// Check returns nil when the caller may use the key now. It is cheap: whoever keeps data keys asks it before each use.
	Check(ctx context.Context, c Caller, key string, use Use) error
	// Generate makes a data key under a key.
	Generate(ctx context.Context, c Caller, key string, about Context) (DataKey, error)
	// Unwrap returns a data key that was made by Generate.
	Unwrap(ctx context.Context, c Caller, wrapped []byte, about Context) (DataKey, error)
	// Version rises when a decision about a key that exists may have changed: unwrapped data keys kept anywhere are to be
	// dropped then.
	Version() uint64
}

// Kind says why a key was refused.
type Kind string

// The kinds of refusals, named as key management does.
const (
	NotFound     Kind = "NotFound"     // there is no such key or alias
	Disabled     Kind = "Disabled"     // until it is enabled
	InvalidState Kind = "InvalidState" // pending deletion, or otherwise not usable
	AccessDenied Kind = "AccessDenied" // for this caller
	OptIn        Kind = "OptIn"        // the account is not signed up for key management
	Throttling   Kind = "Throttling"   // asked too often
)

// Error is a refusal. Its text is for the caller who was refused, and holds no secret.
type Error struct {
	Kind    Kind
	Key     string // ARN of the key, where one is known
	Use     Use    // what it was wanted for; "" where that does not matter
	Who     string // the principal, with AccessDenied
	Denied  string // whom the key's policy denies the use to, where it does so by name: Who, or more
	Message string
}

func (e *Error) Error() string { return e.Message }

// Refuse returns an Error without a key.
func Refuse(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// None is a Provider without any key: it refuses everything.
type None struct{}

var _ Provider = None{}

func (None) none() error { return Refuse(NotFound, "There is no key: no key provider is set up.") }

// Resolve refuses.
func (n None) Resolve(context.Context, Caller, string) (string, error) { return "", n.none() }

// Check refuses.
func (n None) Check(context.Context, Caller, string, Use) error { return n.none() }

// Generate refuses.
func (n None) Generate(context.Context, Caller, string, Context) (DataKey, error) {
	return DataKey{}, n.none()
}

// Unwrap refuses.
func (n None) Unwrap(context.Context, Caller, []byte, Context) (DataKey, error) {
	return DataKey{}, n.none()
}

// Version is always the same.
func (None) Version() uint64 { return 0 }
