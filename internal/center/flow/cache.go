package flow

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
)

// cacheMax is how many parsed flows are kept; beyond, all are parsed anew when they are next run.
const cacheMax = 1024

// Cache keeps flows as they were parsed, so that a run need not. It is not part of what a center knows: a run comes to the
// same with any cache, or none (nil). It belongs to one goroutine.
type Cache struct {
	byFlow map[center.FlowID]*text
}

// text is the content of a flow, parsed.
type text struct {
	content, digest string
	doc             *language.Document
}

// Digest names a content in positions.
func Digest(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:8])
}

// read parses a content, unless it was before; nil when it is no flow.
func (c *Cache) read(id center.FlowID, content string) *text {
	if c != nil {
		if t := c.byFlow[id]; t != nil && t.content == content { // the same string, most often: compared by its address
			return t
		}
	}
	doc := language.Decode(content)
	if doc == nil {
		return nil
	}
	t := &text{content: content, digest: Digest(content), doc: doc}
	if c != nil {
		if c.byFlow == nil || len(c.byFlow) >= cacheMax {
			c.byFlow = map[center.FlowID]*text{}
		}
		c.byFlow[id] = t
	}
	return t
}
