package directory

import (
	"crypto/sha256"
	"strings"

	"github.com/hookswitch/hookswitch/internal/center"
)

// roleSuffixLength is how many characters AWS hangs on the name of a service-linked role (seen in published examples).
const roleSuffixLength = 20

// serviceRole returns the ARN of the role that AWS creates with an instance and deletes with it:
// …:role/aws-service-role/connect.amazonaws.com/AWSServiceRoleForAmazonConnect_<suffix>.
func serviceRole(i center.Instance, key []byte) (string, error) {
	p := strings.SplitN(i.ARN, ":", 6)
	if len(p) != 6 || p[0] != "arn" || p[2] != "connect" || p[5] != "instance/"+string(i.ID) {
		return "", invalid("InstanceArn", "%q does not name instance %s", i.ARN, i.ID)
	}
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	sum := sha256.Sum256([]byte("service role\x00" + string(i.ID) + "\x00" + string(key)))
	var suffix [roleSuffixLength]byte
	for n := range suffix {
		suffix[n] = alphabet[int(sum[n])%len(alphabet)]
	}
	return "arn:" + p[1] + ":iam::" + p[4] + ":role/aws-service-role/connect.amazonaws.com/AWSServiceRoleForAmazonConnect_" + string(suffix[:]), nil
}
