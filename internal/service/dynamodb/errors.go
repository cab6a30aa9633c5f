package dynamodb

import (
	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
)

// This file words refusals that more than one operation has. Unless a comment says otherwise the texts are the real
// service's, as a suite that was run against it asserts them (dynalite, until 2024).

// notSupported refuses a setting that is not honoured. The text is ours.
func notSupported(member string) error {
	return item.Invalid("One or more parameter values were invalid: %s is not supported yet", member)
}

func errKeySchema() error {
	return item.Invalid("The provided key element does not match the schema")
}

// errEmptyKey refuses an empty key attribute; how is one of two ways in which the service begins.
func errEmptyKey(a attribute, how string) error {
	what := "string"
	if a.Kind == item.Binary {
		what = "binary"
	}
	return item.Invalid("One or more parameter values %s The AttributeValue for a key attribute cannot contain an empty %s value. Key: %s", how, what, a.Name)
}

// errNoTable is what operations on items say of a missing table.
func errNoTable() error {
	return &dynamodbapi.ResourceNotFoundException{Message: "Requested resource not found"}
}

// errNoTableNamed is what operations on tables say of a missing one.
func errNoTableNamed(name string) error {
	return &dynamodbapi.ResourceNotFoundException{Message: "Requested resource not found: Table: " + name + " not found"}
}

func limitExceeded(text string) error { return &dynamodbapi.LimitExceededException{Message: text} }

func errNoIndex(name string) error {
	return item.Invalid("The table does not have the specified index: %s", name)
}

// errItemTooLarge refuses an item above itemBytesMax.
func errItemTooLarge() error { return item.Invalid("Item size has exceeded the maximum allowed size") }

func errUpdateTooLarge() error {
	return item.Invalid("Item size to update has exceeded the maximum allowed size")
}

// errBusyTable is the refusal of a change of a table that another process changes too.
func errBusyTable(name string) error {
	return &dynamodbapi.ResourceInUseException{Message: "Attempt to change a resource which is still in use: Table is being updated: " + name}
}

func errNoIndexNamed(table, index string) error {
	return &dynamodbapi.ResourceNotFoundException{Message: "Requested resource not found: Index: " + index + " of table: " + table + " not found"}
}
