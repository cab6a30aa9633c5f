package cloudwatch

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
)

// writeToken makes a NextToken. It holds nothing that its owner does not know, so it is not sealed: whoever alters one
// alters what they asked for.
func writeToken(t any) string {
	text, err := json.Marshal(t)
	if err != nil {
		panic(err) // tokens are plain structures
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// readToken reads a NextToken into t; false when it is none.
func readToken(token string, t any) bool {
	text, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return false
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(t) == nil && !d.More()
}
