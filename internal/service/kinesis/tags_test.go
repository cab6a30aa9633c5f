package kinesis

import (
	"fmt"
	"strings"
	"testing"
)

func TestTags(t *testing.T) {
	w := newWorld(t)
	w.ok("CreateStream", `{"StreamName":"s","ShardCount":1,"Tags":{"at birth":"1"}}`)
	const resource = `"ResourceARN":"arn:aws:kinesis:eu-west-3:123456789012:stream/s"`
	if status, text := w.send("AddTagsToStream", `{"StreamName":"s","Tags":{"ü0 _.":"a","/=+-@":""}}`); status != 200 || text != "" {
		t.Errorf("adding tags answers %d %q, want an empty 200", status, text)
	}
	w.ok("TagResource", `{`+resource+`,"Tags":{"at birth":"2","z":"z"}}`)
	w.ok("RemoveTagsFromStream", `{"StreamName":"s","TagKeys":["z","not there"]}`)
	w.reopen()
	_, got := w.send("ListTagsForStream", `{"StreamName":"s"}`)
	same(t, got, `{"Tags":[{"Key":"/=+-@","Value":""},{"Key":"at birth","Value":"2"},{"Key":"ü0 _.","Value":"a"}],"HasMoreTags":false}`)
	_, got = w.send("ListTagsForStream", `{"StreamName":"s","Limit":1,"ExclusiveStartTagKey":"/=+-@"}`)
	same(t, got, `{"Tags":[{"Key":"at birth","Value":"2"}],"HasMoreTags":true}`)
	w.ok("UntagResource", `{`+resource+`,"TagKeys":["at birth"]}`)
	_, got = w.send("ListTagsForResource", `{`+resource+`}`)
	same(t, got, `{"Tags":[{"Key":"/=+-@","Value":""},{"Key":"ü0 _.","Value":"a"}]}`)
}

func TestTagsRefused(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	many := func(from, n int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf(`"k%d":"v"`, from+i)
		}
		return "{" + strings.Join(list, ",") + "}"
	}
	const invalid = "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @."
	const allowed = " because some tags contained illegal characters. The allowed characters are Unicode letters, white-spaces, '_',',','/','=','+','-','@'."
	const arn = "arn:aws:kinesis:eu-west-3:123456789012:stream/"
	w.ok("AddTagsToStream", `{"StreamName":"s","Tags":%s}`, many(0, tagsMax))
	w.ok("AddTagsToStream", `{"StreamName":"s","Tags":%s}`, many(10, 5)) // none of them new
	tests := []struct{ operation, body, code, message string }{
		{"AddTagsToStream", `{"StreamName":"s","Tags":{"a;":"b"}}`, "InvalidArgumentException", invalid},
		{"AddTagsToStream", `{"StreamName":"s","Tags":{"a\tb":""}}`, "InvalidArgumentException", invalid},
		{"AddTagsToStream", `{"StreamName":"s","Tags":{"a":"\n"}}`, "InvalidArgumentException", invalid},
		{"AddTagsToStream", `{"StreamName":"s","Tags":{"a":"b:"}}`, "InvalidArgumentException", invalid},
		{"AddTagsToStream", `{"StreamName":"s","Tags":{"a":"%"}}`, "InvalidArgumentException", "Failed to add tags to stream s under account 123456789012" + allowed},
		{"RemoveTagsFromStream", `{"StreamName":"s","TagKeys":["%"]}`, "InvalidArgumentException", "Failed to remove tags from stream s under account 123456789012" + allowed},
		{"RemoveTagsFromStream", `{"StreamName":"s","TagKeys":["é","!"]}`, "InvalidArgumentException", invalid},
		{"AddTagsToStream", `{"StreamName":"s","Tags":` + many(tagsMax, 1) + `}`, "InvalidArgumentException",
			"Failed to add tags to stream s under account 123456789012 because a given stream cannot have more than 10 tags associated with it."},
		{"AddTagsToStream", `{"StreamName":"t","Tags":{"a":"b"}}`, "ResourceNotFoundException", "Stream t under account 123456789012 not found."},
		{"RemoveTagsFromStream", `{"StreamName":"t","TagKeys":["a"]}`, "ResourceNotFoundException", "Stream t under account 123456789012 not found."},
		{"ListTagsForStream", `{"StreamName":"t"}`, "ResourceNotFoundException", "Stream t under account 123456789012 not found."},
		{"ListTagsForResource", `{"ResourceARN":"` + arn + `t"}`, "ResourceNotFoundException", "Stream t under account 123456789012 not found."},
		{"TagResource", `{"ResourceARN":"` + arn + `s/consumer/c:1","Tags":{"a":"b"}}`, "ResourceNotFoundException", "Consumer " + arn + "s/consumer/c:1, account 123456789012 not found."},
		{"UntagResource", `{"ResourceARN":"arn:aws:kinesis:eu-west-3:000000000000:stream/s/consumer/c:1","TagKeys":["a"]}`, "AccessDeniedException",
			"User: arn:aws:iam::123456789012:root is not authorized to perform: kinesis:UntagResource on resource: arn:aws:kinesis:eu-west-3:000000000000:stream/s/consumer/c:1 " +
				"because no resource-based policy allows the kinesis:UntagResource action"},
		{"TagResource", `{"ResourceARN":"arn:aws:kinesis:eu-west-3:123456789012:xstream/s","Tags":{"a":"b"}}`, "InvalidArgumentException",
			"Invalid StreamARN: arn:aws:kinesis:eu-west-3:123456789012:xstream/s"},
	}
	for _, tt := range tests {
		t.Run(tt.operation+" "+tt.body, func(t *testing.T) {
			w.t = t
			w.refused(tt.operation, tt.body, tt.code, tt.message)
		})
	}
}
