package wire

import (
	"errors"
	"strings"
)

// ErrMalformed is a request body that is not of its encoding at all: truncated, not UTF-8, nested too deeply.
var ErrMalformed = errors.New("malformed request body")

// kind is what a value is on the wire, or what a member should have been.
type kind byte

const (
	kindNone kind = iota
	kindNull
	kindString
	kindNumber
	kindBoolean
	kindList
	kindStructure
	kindMap
	kindBlob
	kindInteger
	kindLong
	kindDouble
	kindTimestamp
	kindRefused
)

// A TypeError is a member whose value has a type that its shape cannot take.
type TypeError struct {
	want, got kind
	text      string // TRUE_VALUE or FALSE_VALUE for booleans, the value of a string that should be a boolean, why for blobs
}

func (e *TypeError) Error() string { return e.message(false) }

// message words the error. javaNames chooses the wording of the older services, which print the Java types of their
// parser; the texts are those that Kinesis gave until 2020 at the least.
func (e *TypeError) message(javaNames bool) string {
	switch {
	case e.want == kindRefused:
		return e.text
	case e.got == kindList:
		return "Start of list found where not expected"
	case e.got == kindStructure && e.want != kindMap && e.want != kindStructure:
		return "Start of structure or map found where not expected."
	}
	switch e.want {
	case kindList:
		return "Expected list or null"
	case kindMap:
		return "Expected map or null"
	case kindStructure:
		return "Expected null"
	case kindBlob:
		if e.got == kindString {
			return e.text
		}
	case kindBoolean:
		if e.got == kindString && javaNames {
			return "'" + clip(strings.ToUpper(e.text)) + "' can not be converted to an Boolean"
		}
	}
	return e.gotName(javaNames) + " can not be converted to " + e.wantName(javaNames)
}

func (e *TypeError) gotName(javaNames bool) string {
	if !javaNames {
		switch e.got {
		case kindBoolean:
			return e.text
		case kindNumber:
			return "NUMBER_VALUE"
		case kindBlob:
			return "BYTE_VALUE"
		}
		return "STRING_VALUE"
	}
	switch e.got {
	case kindBoolean:
		return "class java.lang.Boolean"
	case kindNumber:
		return "class com.amazon.coral.value.json.numbers.TruncatingBigNumber"
	case kindBlob:
		return "class java.nio.HeapByteBuffer"
	}
	return "class java.lang.String"
}

func (e *TypeError) wantName(javaNames bool) string {
	switch e.want {
	case kindString:
		if !javaNames {
			return "String"
		}
		return "an String"
	case kindInteger:
		return "an Integer"
	case kindLong:
		if !javaNames {
			return "a Long"
		}
		return "an Long"
	case kindDouble:
		if !javaNames {
			return "a Double"
		}
		return "an Double"
	case kindBoolean:
		if !javaNames {
			return "Boolean"
		}
		return "an Boolean"
	case kindBlob:
		return "a Blob"
	}
	return "milliseconds since epoch"
}
