package dynamodb

import (
	"strings"
	"testing"
)

// TestRefusals: the service's words. Those that begin with an operation's parameter are as a suite that was run against
// the service asserts them (dynalite, until 2024), but for those about what is not supported, which are ours.
func TestRefusals(t *testing.T) {
	w := newWorld(t)
	w.leases()
	w.scores()
	const invalid = "ValidationException"
	put := func(rest string) string { return `{"TableName":"leases","Item":{"leaseKey":{"S":"a"}},` + rest + `}` }
	update := func(rest string) string { return `{"TableName":"leases","Key":{"leaseKey":{"S":"a"}},` + rest + `}` }
	query := func(rest string) string { return `{"TableName":"scores",` + rest + `}` }
	condition := func(text string) string {
		return put(`"ConditionExpression":"` + text + `","ExpressionAttributeValues":{":n":{"N":"1"},":s":{"S":"s"}},"ExpressionAttributeNames":{"#a":"a"}`)
	}
	for _, c := range []struct{ operation, body, message string }{
		{"PutItem", put(`"ConditionExpression":""`), "Invalid ConditionExpression: The expression can not be empty;"},
		{"PutItem", put(`"ConditionExpression":"a b c"`), `Invalid ConditionExpression: Syntax error; token: "b", near: "a b c"`},
		{"PutItem", put(`"ConditionExpression":"a ="`), `Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "="`},
		{"PutItem", put(`"ConditionExpression":"a = $"`), `Invalid ConditionExpression: Syntax error; token: "$", near: "= $"`},
		{"PutItem", put(`"ConditionExpression":"((a = :v))","ExpressionAttributeValues":{":v":{"N":"1"}}`), "Invalid ConditionExpression: The expression has redundant parentheses;"},
		{"PutItem", put(`"ConditionExpression":"fn(a)"`), "Invalid ConditionExpression: Invalid function name; function: fn"},
		{"PutItem", put(`"ConditionExpression":"size(a)"`), "Invalid ConditionExpression: The function is not allowed to be used this way in an expression; function: size"},
		{"PutItem", put(`"ConditionExpression":"contains(a, attribute_exists(b))"`), "Invalid ConditionExpression: The function is not allowed to be used this way in an expression; function: attribute_exists"},
		{"PutItem", put(`"ConditionExpression":"attribute_exists(name)"`), "Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: name"},
		{"PutItem", put(`"ConditionExpression":"attribute_exists(#a)"`), "Invalid ConditionExpression: An expression attribute name used in the document path is not defined; attribute name: #a"},
		{"PutItem", put(`"ConditionExpression":"a = :a"`), "Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute value: :a"},
		{"PutItem", put(`"ConditionExpression":"attribute_exists(a, b)"`), "Invalid ConditionExpression: Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2"},
		{"PutItem", put(`"ConditionExpression":"a.b[1] = a.b[1]"`), "Invalid ConditionExpression: The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a, b, [1]]"},
		{"PutItem", put(`"ConditionExpression":"attribute_exists(:v)","ExpressionAttributeValues":{":v":{"N":"1"}}`), "Invalid ConditionExpression: Operator or function requires a document path; operator or function: attribute_exists"},
		{"PutItem", put(`"ConditionExpression":"begins_with(a, :v)","ExpressionAttributeValues":{":v":{"N":"1"}}`), "Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N"},
		{"PutItem", put(`"ConditionExpression":"attribute_type(a, :v)","ExpressionAttributeValues":{":v":{"S":"X"}}`), "Invalid ConditionExpression: Invalid attribute type name found; type: X, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"},
		{"PutItem", put(`"ConditionExpression":"a BETWEEN :v AND :w","ExpressionAttributeValues":{":v":{"N":"2"},":w":{"N":"1"}}`), "Invalid ConditionExpression: The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}"},
		{"PutItem", put(`"ConditionExpression":"a BETWEEN :v AND :w","ExpressionAttributeValues":{":v":{"N":"2"},":w":{"S":"1"}}`), "Invalid ConditionExpression: The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {S:1}"},
		{"PutItem", condition("a = :n"), "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}"},
		{"PutItem", condition("#a = :n"), "Value provided in ExpressionAttributeValues unused in expressions: keys: {:s}"},
		{"PutItem", put(`"ExpressionAttributeNames":{"#a":"a"}`), "ExpressionAttributeNames can only be specified when using expressions"},
		{"PutItem", put(`"ExpressionAttributeValues":{":a":{"S":"a"}}`), "ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null"},
		{"PutItem", put(`"ConditionExpression":"a = :a","ExpressionAttributeValues":{}`), "ExpressionAttributeValues must not be empty"},
		{"PutItem", put(`"ConditionExpression":"a = :a","ExpressionAttributeNames":{}`), "ExpressionAttributeNames must not be empty"},
		{"PutItem", put(`"ConditionExpression":"a = :a","ExpressionAttributeNames":{"a":"a"}`), `ExpressionAttributeNames contains invalid key: Syntax error; key: "a"`},
		{"PutItem", put(`"ConditionExpression":"a = :a","ExpressionAttributeValues":{":a":{}}`), "ExpressionAttributeValues contains invalid value: Supplied AttributeValue is empty, must contain exactly one of the supported datatypes for key :a"},
		{"PutItem", put(`"ConditionExpression":"a = :a","Expected":{"a":{"Exists":false}}`), "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}"},
		{"PutItem", put(`"Expected":{"a":{}}`), "One or more parameter values were invalid: Value must be provided when Exists is null for Attribute: a"},
		{"PutItem", put(`"Expected":{"a":{"Exists":true}}`), "One or more parameter values were invalid: Value must be provided when Exists is true for Attribute: a"},
		{"PutItem", put(`"Expected":{"a":{"Exists":false,"Value":{"S":"a"}}}`), "One or more parameter values were invalid: Value cannot be used when Exists is false for Attribute: a"},
		{"PutItem", put(`"Expected":{"a":{"Value":{"S":"a"},"AttributeValueList":[]}}`), "One or more parameter values were invalid: Value and AttributeValueList cannot be used together for Attribute: a"},
		{"PutItem", put(`"Expected":{"a":{"ComparisonOperator":"EQ"}}`), "One or more parameter values were invalid: Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a"},
		{"PutItem", put(`"Expected":{"a":{"ComparisonOperator":"BETWEEN","AttributeValueList":[{"N":"1"}]}}`), "One or more parameter values were invalid: Invalid number of argument(s) for the BETWEEN ComparisonOperator"},
		{"PutItem", put(`"Expected":{"a":{"ComparisonOperator":"LT","AttributeValueList":[{"SS":["a"]}]}}`), "One or more parameter values were invalid: ComparisonOperator LT is not valid for SS AttributeValue type"},
		{"PutItem", put(`"Expected":{"a":{"ComparisonOperator":"BETWEEN","AttributeValueList":[{"N":"2"},{"N":"1"}]}}`), "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound"},
		{"PutItem", put(`"ConditionalOperator":"OR"`), "ConditionalOperator cannot be used without Filter or Expected"},
		{"PutItem", put(`"ReturnValues":"ALL_NEW"`), "ReturnValues can only be ALL_OLD or NONE"},
		{"PutItem", put(`"ReturnValues":"X"`), "1 validation error detected: Value 'X' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [NONE, ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATED_NEW]"},
		{"PutItem", `{"TableName":"leases","Item":{"a":{"S":"a"}}}`, "One or more parameter values were invalid: Missing the key leaseKey in the item"},
		{"PutItem", `{"TableName":"leases","Item":{"leaseKey":{"N":"1"}}}`, "One or more parameter values were invalid: Type mismatch for key leaseKey expected: S actual: N"},
		{"PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":""}}}`, "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: leaseKey"},
		{"PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":"` + strings.Repeat("k", 2049) + `"}}}`, "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes"},
		{"PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":"a"},"b":{"S":"` + strings.Repeat("k", itemBytesMax-9) + `"}}}`, "Item size has exceeded the maximum allowed size"},
		{"PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":"a","N":"1"}}}`, "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"},
		{"PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":"a"},"n":{"N":"b"}}}`, "The parameter cannot be converted to a numeric value: b"},
		{"PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":"a"},"n":{"N":""}}}`, "The parameter cannot be converted to a numeric value"},
		{"PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":"a"},"n":{"N":"1e126"}}}`, "Number overflow. Attempting to store a number with magnitude larger than supported range"},
		{"PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":"a"},"n":{"N":"1e-131"}}}`, "Number underflow. Attempting to store a number with magnitude smaller than supported range"},
		{"PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":"a"},"n":{"N":"1` + strings.Repeat("0", 37) + `1"}}}`, "Attempting to store more than 38 significant digits in a Number"},
		{"PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":"a"},"n":{"NULL":false}}}`, "One or more parameter values were invalid: Null attribute value types must have the value of true"},
		{"PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":"a"},"n":{"SS":[]}}}`, "One or more parameter values were invalid: An string set  may not be empty"},
		{"PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":"a"},"n":{"NS":[]}}}`, "One or more parameter values were invalid: An number set  may not be empty"},
		{"PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":"a"},"n":{"BS":[]}}}`, "One or more parameter values were invalid: Binary sets should not be empty"},
		{"PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":"a"},"n":{"SS":["b","a","b"]}}}`, "One or more parameter values were invalid: Input collection [b, a, b] contains duplicates."},
		{"PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":"a"},"n":{"NS":["1","1.0"]}}}`, "Input collection contains duplicates"},
		{"PutItem", `{"TableName":"scores","Item":{"game":{"S":"a"},"score":{"N":"1"},"player":{"N":"1"}}}`, "One or more parameter values were invalid: Type mismatch for Index Key player Expected: S Actual: N IndexName: byPlayer"},
		{"GetItem", `{"TableName":"leases","Key":{"x":{"S":"a"}}}`, "The provided key element does not match the schema"},
		{"GetItem", `{"TableName":"scores","Key":{"game":{"S":"a"}}}`, "The provided key element does not match the schema"},
		{"GetItem", `{"TableName":"leases","Key":{"leaseKey":{"S":"a"}},"AttributesToGet":["a","a"]}`, "One or more parameter values were invalid: Duplicate value in attribute name: a"},
		{"GetItem", `{"TableName":"leases","Key":{"leaseKey":{"S":"a"}},"ProjectionExpression":"a.b, a"}`, "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a]"},
		{"GetItem", `{"TableName":"leases","Key":{"leaseKey":{"S":"a"}},"ProjectionExpression":"a.b, a[1]"}`, "Invalid ProjectionExpression: Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [1]]"},
		{"GetItem", `{"TableName":"leases","Key":{"leaseKey":{"S":"a"}},"ProjectionExpression":"leaseKey.b"}`, "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: leaseKey"},
		{"UpdateItem", update(`"UpdateExpression":"SET leaseKey = :v","ExpressionAttributeValues":{":v":{"S":"b"}}`), "One or more parameter values were invalid: Cannot update attribute leaseKey. This attribute is part of the key"},
		{"UpdateItem", update(`"AttributeUpdates":{"leaseKey":{"Value":{"S":"b"}}}`), "One or more parameter values were invalid: Cannot update attribute leaseKey. This attribute is part of the key"},
		{"UpdateItem", update(`"UpdateExpression":"SET a = :v SET b = :v","ExpressionAttributeValues":{":v":{"S":"b"}}`), `Invalid UpdateExpression: The "SET" section can only be used once in an update expression;`},
		{"UpdateItem", update(`"UpdateExpression":"SET a = :v REMOVE a.b","ExpressionAttributeValues":{":v":{"S":"b"}}`), "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]"},
		{"UpdateItem", update(`"UpdateExpression":"ADD a :v","ExpressionAttributeValues":{":v":{"S":"b"}}`), "Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand type: STRING"},
		{"UpdateItem", update(`"UpdateExpression":"SET a = list_append(b, :v)","ExpressionAttributeValues":{":v":{"S":"b"}}`), "Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: list_append, operand type: S"},
		{"UpdateItem", update(`"UpdateExpression":"SET a = b"`), "The provided expression refers to an attribute that does not exist in the item"},
		{"UpdateItem", update(`"UpdateExpression":"SET a.b = :v","ExpressionAttributeValues":{":v":{"S":"b"}}`), "The document path provided in the update expression is invalid for update"},
		{"UpdateItem", update(`"UpdateExpression":"SET a = leaseKey + :v","ExpressionAttributeValues":{":v":{"N":"1"}}`), "An operand in the update expression has an incorrect data type"},
		{"UpdateItem", update(`"UpdateExpression":"FOO a"`), `Invalid UpdateExpression: Syntax error; token: "FOO", near: "FOO a"`},
		{"UpdateItem", update(`"AttributeUpdates":{"a":{"Action":"PUT"}}`), "One or more parameter values were invalid: Only DELETE action is allowed when no attribute value is specified"},
		{"UpdateItem", update(`"AttributeUpdates":{"a":{"Action":"DELETE","Value":{"S":"b"}}}`), "One or more parameter values were invalid: DELETE action with value is not supported for the type S"},
		{"UpdateItem", update(`"AttributeUpdates":{"a":{"Action":"ADD","Value":{"S":"b"}}}`), "One or more parameter values were invalid: ADD action is not supported for the type S"},
		{"Query", query(`"IndexName":"xyz","KeyConditionExpression":"game = :g","ExpressionAttributeValues":{":g":{"S":"b"}}`), "The table does not have the specified index: xyz"},
		{"Query", query(`"IndexName":"byPlayer","ConsistentRead":true,"KeyConditionExpression":"player = :g","ExpressionAttributeValues":{":g":{"S":"b"}}`), "Consistent reads are not supported on global secondary indexes"},
		{"Query", query(`"Limit":1`), "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."},
		{"Query", query(`"KeyConditionExpression":"score = :g","ExpressionAttributeValues":{":g":{"N":"1"}}`), "Query condition missed key schema element: game"},
		{"Query", query(`"KeyConditionExpression":"game > :g","ExpressionAttributeValues":{":g":{"S":"1"}}`), "Query key condition not supported"},
		{"Query", query(`"KeyConditionExpression":"game = :g","ExpressionAttributeValues":{":g":{"N":"1"}}`), "One or more parameter values were invalid: Condition parameter type does not match schema type"},
		{"Query", query(`"KeyConditionExpression":"game = :g OR score = :g","ExpressionAttributeValues":{":g":{"N":"1"}}`), "Invalid operator used in KeyConditionExpression: OR"},
		{"Query", query(`"KeyConditionExpression":"game = :g AND contains(score, :g)","ExpressionAttributeValues":{":g":{"N":"1"}}`), "Invalid operator used in KeyConditionExpression: contains"},
		{"Query", query(`"KeyConditionExpression":"game = :g AND size(score) = :g","ExpressionAttributeValues":{":g":{"N":"1"}}`), "KeyConditionExpressions cannot contain nested operations"},
		{"Query", query(`"KeyConditionExpression":"game = score"`), "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition"},
		{"Query", query(`"KeyConditionExpression":"game.x = :g","ExpressionAttributeValues":{":g":{"N":"1"}}`), "KeyConditionExpressions cannot have conditions on nested attributes"},
		{"Query", query(`"KeyConditionExpression":"game = :g AND game = :g","ExpressionAttributeValues":{":g":{"N":"1"}}`), "KeyConditionExpressions must only contain one condition per key"},
		{"Query", query(`"KeyConditionExpression":"game = :g","FilterExpression":"score = :g","ExpressionAttributeValues":{":g":{"S":"1"}}`), "Filter Expression can only contain non-primary key attributes: Primary key attribute: score"},
		{"Query", query(`"KeyConditionExpression":"game = :g","ExpressionAttributeValues":{":g":{"S":"1"}},"ExclusiveStartKey":{"game":{"S":"2"},"score":{"N":"1"}}`), "The provided starting key is outside query boundaries based on provided conditions"},
		{"Query", query(`"KeyConditionExpression":"game = :g","ExpressionAttributeValues":{":g":{"S":"1"}},"ExclusiveStartKey":{"game":{"S":"2"}}`), "The provided starting key is invalid"},
		{"Query", query(`"KeyConditionExpression":"game = :g","ExpressionAttributeValues":{":g":{"S":"1"}},"ExclusiveStartKey":{"game":{"S":"1"},"score":{"S":"1"}}`), "The provided key element does not match the schema"},
		{"Query", query(`"KeyConditionExpression":"game = :g AND score > :s","ExpressionAttributeValues":{":g":{"S":"1"},":s":{"N":"5"}},"ExclusiveStartKey":{"game":{"S":"1"},"score":{"N":"5"}}`), "The provided starting key does not match the range key predicate"},
		{"Query", query(`"KeyConditionExpression":"game = :g AND score = :s","ExpressionAttributeValues":{":g":{"S":"1"},":s":{"N":"5"}},"ExclusiveStartKey":{"game":{"S":"2"},"score":{"N":"5"}}`), "The query can return at most one row and cannot be restarted"},
		{"Scan", `{"TableName":"scores","ExclusiveStartKey":{"game":{"S":"1"}}}`, "The provided starting key is invalid: The provided key element does not match the schema"},
		{"Scan", `{"TableName":"scores","ExclusiveStartKey":{"game":{"S":"1"},"score":{"NS":["1","1"]}}}`, "Input collection contains duplicates"},
		{"Scan", `{"TableName":"scores","ExclusiveStartKey":{"game":{"S":"1"},"score":{"SS":[]}}}`, "The provided starting key is invalid: One or more parameter values were invalid: An string set  may not be empty"},
		{"Scan", `{"TableName":"scores","FilterExpression":"a = #b AND c = c","ExpressionAttributeNames":{"#a":"a"}}`, "Invalid FilterExpression: An expression attribute name used in the document path is not defined; attribute name: #b"},
		{"Scan", `{"TableName":"scores","FilterExpression":"c = c AND a = #b","ExpressionAttributeNames":{"#a":"a"}}`, "Invalid FilterExpression: The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [c]"},
		{"UpdateItem", update(`"UpdateExpression":"SET set = a"`), `Invalid UpdateExpression: Syntax error; token: "set", near: "SET set ="`},
		{"GetItem", `{"TableName":"leases","Key":{"leaseKey":{"S":""}}}`, "One or more parameter values were invalid: The AttributeValue for a key attribute cannot contain an empty string value. Key: leaseKey"},
		{"BatchWriteItem", `{"RequestItems":{"leases":[{"PutRequest":{"Item":{"a":{"S":"a"}}}}]}}`, "The provided key element does not match the schema"},
		{"PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":"a","N":"b"}}}`, "The parameter cannot be converted to a numeric value: b"},
		{"TagResource", `{"ResourceArn":"arn:aws:dynamodb:eu-west-3:123456789012:table/leases","Tags":[]}`, "Atleast one Tag needs to be provided as Input."},
		{"TagResource", `{"ResourceArn":"arn:aws:dynamodb:eu-west-3:123456789012:table/ab","Tags":[{"Key":"a","Value":"b"}]}`, "Invalid TableArn: Invalid ResourceArn provided as input arn:aws:dynamodb:eu-west-3:123456789012:table/ab"},
		{"Query", query(`"KeyConditions":{"game":{"ComparisonOperator":"NE","AttributeValueList":[{"S":"a"}]}}`), "Attempted conditional constraint is not an indexable operation"},
		{"Query", query(`"Select":"ALL_ATTRIBUTES","IndexName":"byPlayer","KeyConditionExpression":"player = :g","ExpressionAttributeValues":{":g":{"S":"1"}}`), "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index byPlayer because its projection type is not ALL"},
		{"Scan", `{"TableName":"scores","Segment":1}`, "The TotalSegments parameter is required but was not present in the request when Segment parameter is present"},
		{"Scan", `{"TableName":"scores","TotalSegments":1}`, "The Segment parameter is required but was not present in the request when parameter TotalSegments is present"},
		{"Scan", `{"TableName":"scores","TotalSegments":2,"Segment":2}`, "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 2 is not less than TotalSegments: 2"},
		{"Scan", `{"TableName":"scores","ScanFilter":{"a":{"ComparisonOperator":"NULL","AttributeValueList":[{"S":"a"}]}}}`, "One or more parameter values were invalid: Invalid number of argument(s) for the NULL ComparisonOperator"},
		{"BatchWriteItem", `{"RequestItems":{"leases":[{}]}}`, "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"},
		{"BatchWriteItem", `{"RequestItems":{"leases":[{"DeleteRequest":{"Key":{"leaseKey":{"S":"a"}}}},{"PutRequest":{"Item":{"leaseKey":{"S":"a"}}}}]}}`, "Provided list of item keys contains duplicates"},
		{"BatchGetItem", `{"RequestItems":{"leases":{"Keys":[{"leaseKey":{"S":"a"}},{"leaseKey":{"S":"a"}}]}}}`, "Provided list of item keys contains duplicates"},
		{"TransactWriteItems", `{"TransactItems":[{}]}`, "TransactItems can only contain one of Check, Put, Update or Delete"},
		{"TransactWriteItems", `{"TransactItems":[{"Delete":{"TableName":"leases","Key":{"leaseKey":{"S":"a"}}}},{"Put":{"TableName":"leases","Item":{"leaseKey":{"S":"a"}}}}]}`, "Transaction request cannot include multiple operations on one item"},
		{"UpdateTable", `{"TableName":"none","ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1000000000001}}`, "Given value 1000000000001 for WriteCapacityUnits is out of bounds"},
		{"UpdateTable", `{"TableName":"none","GlobalSecondaryIndexUpdates":[{}]}`, "One or more parameter values were invalid: One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null"},
		{"UpdateTable", `{"TableName":"none","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"abc"}},{"Delete":{"IndexName":"abc"}}]}`, "One or more parameter values were invalid: Only one global secondary index update per index is allowed simultaneously. Index: abc"},
		{"Query", query(`"KeyConditionExpression":"contains(a, game)","FilterExpression":""`), "Invalid FilterExpression: The expression can not be empty;"},
		{"UpdateTable", `{"TableName":"leases"}`, "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required"},
		{"UpdateTimeToLive", `{"TableName":"leases","TimeToLiveSpecification":{"Enabled":false,"AttributeName":"a"}}`, "TimeToLive is already disabled"},
		{"UpdateContinuousBackups", `{"TableName":"leases","PointInTimeRecoverySpecification":{"PointInTimeRecoveryEnabled":true}}`, "One or more parameter values were invalid: PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled is not supported yet"},
	} {
		w.refused(invalid, c.message, c.operation, c.body)
	}
	w.refused("ResourceNotFoundException", "Requested resource not found", "GetItem", `{"TableName":"none","Key":{"a":{"S":"a"}}}`)
	w.refused("ResourceNotFoundException", "Requested resource not found: Table: none not found", "DescribeTable", `{"TableName":"none"}`)
	w.refused("TableNotFoundException", "Table not found: none", "DescribeContinuousBackups", `{"TableName":"none"}`)
	w.refused("ConditionalCheckFailedException", "The conditional request failed", "PutItem", put(`"ConditionExpression":"attribute_exists(a)"`))
}

// TestRefusedTables: what no table can be.
func TestRefusedTables(t *testing.T) {
	w := newWorld(t)
	table := func(rest string) string {
		return `{"TableName":"abc","KeySchema":[{"AttributeName":"k","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"k","AttributeType":"S"}],` + rest + `}`
	}
	const many = "One or more parameter values were invalid: "
	for _, c := range []struct{ body, message string }{
		{`{"TableName":"ab"}`, "TableName must be at least 3 characters long and at most 255 characters long"},
		{`{"TableName":"a;b"}`, "1 validation error detected: Value 'a;b' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"},
		{table(`"BillingMode":"PROVISIONED"`), many + "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED"},
		{table(`"BillingMode":"PAY_PER_REQUEST","ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}`), many + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"},
		{table(`"ProvisionedThroughput":{"ReadCapacityUnits":1000000000001,"WriteCapacityUnits":1}`), "Given value 1000000000001 for ReadCapacityUnits is out of bounds"},
		{table(`"BillingMode":"PAY_PER_REQUEST","GlobalSecondaryIndexes":[]`), many + "List of GlobalSecondaryIndexes is empty"},
		{table(`"BillingMode":"PAY_PER_REQUEST","LocalSecondaryIndexes":[{"IndexName":"abc","KeySchema":[{"AttributeName":"k","KeyType":"HASH"}],"Projection":{}}]`), many + "LocalSecondaryIndexes is not supported yet"},
		{table(`"BillingMode":"PAY_PER_REQUEST","StreamSpecification":{"StreamEnabled":true}`), many + "StreamSpecification is not supported yet"},
		{table(`"BillingMode":"PAY_PER_REQUEST","SSESpecification":{"Enabled":true}`), many + "SSESpecification is not supported yet"},
		{table(`"BillingMode":"PAY_PER_REQUEST","ResourcePolicy":"{}"`), many + "ResourcePolicy is not supported yet"},
		{table(`"BillingMode":"PAY_PER_REQUEST","GlobalSecondaryIndexes":[{"IndexName":"abc","KeySchema":[{"AttributeName":"x","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}]`), many + "Some index key attributes are not defined in AttributeDefinitions. Keys: [x], AttributeDefinitions: [k]"},
		{table(`"BillingMode":"PAY_PER_REQUEST","GlobalSecondaryIndexes":[{"IndexName":"abc","KeySchema":[{"AttributeName":"k","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}]`), "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"},
		{table(`"BillingMode":"PAY_PER_REQUEST","GlobalSecondaryIndexes":[{"IndexName":"abc","KeySchema":[{"AttributeName":"k","KeyType":"HASH"}],"Projection":{}}]`), many + "Unknown ProjectionType: null"},
		{table(`"BillingMode":"PAY_PER_REQUEST","GlobalSecondaryIndexes":[{"IndexName":"abc","KeySchema":[{"AttributeName":"k","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL","NonKeyAttributes":["a"]}}]`), many + "ProjectionType is ALL, but NonKeyAttributes is specified"},
		{`{"TableName":"abc","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"k","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"k","AttributeType":"S"},{"AttributeName":"l","AttributeType":"S"}]}`,
			many + "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions"},
		{`{"TableName":"abc","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"k","KeyType":"HASH"},{"AttributeName":"k","KeyType":"RANGE"}],"AttributeDefinitions":[{"AttributeName":"k","AttributeType":"S"},{"AttributeName":"l","AttributeType":"S"}]}`,
			"Both the Hash Key and the Range Key element in the KeySchema have the same name"},
	} {
		w.refused("ValidationException", c.message, "CreateTable", c.body)
	}
	w.ok("CreateTable", table(`"BillingMode":"PAY_PER_REQUEST","DeletionProtectionEnabled":true`))
	w.refused("ResourceInUseException", "Table already exists: abc", "CreateTable", table(`"BillingMode":"PAY_PER_REQUEST"`))
	w.refused("ValidationException", "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.", "DeleteTable", `{"TableName":"abc"}`)
	w.ok("UpdateTable", `{"TableName":"abc","DeletionProtectionEnabled":false}`)
	w.ok("DeleteTable", `{"TableName":"abc"}`)
	w.refused("ResourceNotFoundException", "Requested resource not found: Table: abc not found", "DeleteTable", `{"TableName":"abc"}`)
}
