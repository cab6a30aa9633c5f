"""Works with tables through the resource API of an unmodified boto3, with its conditions and its types: items are written, asked
for and changed. Run a second time, with the argument again, it finds them. It prints "ok" at the end."""
import sys
from decimal import Decimal

import boto3
from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

url, account, when = sys.argv[1:]
db = boto3.resource("dynamodb", endpoint_url=url, region_name="us-east-1", aws_access_key_id=account, aws_secret_access_key="secret")
table = db.Table("scores")
WIDE = Decimal("-12345678901234567890123456789.012345678")


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return error.response
    raise AssertionError(f"{arguments} was not refused")


def names(**arguments):
    return [item["name"] for item in table.query(**arguments)["Items"]]


if when == "first":
    db.create_table(
        TableName="scores",
        KeySchema=[{"AttributeName": "game", "KeyType": "HASH"}, {"AttributeName": "score", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": kind} for name, kind in (("game", "S"), ("score", "N"), ("name", "S"))],
        GlobalSecondaryIndexes=[{"IndexName": "byName", "KeySchema": [{"AttributeName": "name", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"},
                                 "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}],
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
    ).wait_until_exists()
    with table.batch_writer() as batch:
        for n in range(60):
            batch.put_item(Item={"game": f"g{n % 2}", "score": n - 30, "name": f"n{n % 5}", "tags": {"a", f"t{n}"}, "wide": WIDE, "bytes": b"\x00\xff",
                                 "deep": {"list": [n, None, True, {"x": ""}]}, "numbers": {1, Decimal("2.5")}})
    answer = refused("ConditionalCheckFailedException", table.put_item, Item={"game": "g0", "score": 0}, ConditionExpression=Attr("game").not_exists(),
                     ReturnValuesOnConditionCheckFailure="ALL_OLD")
    assert answer["Item"]["name"] == {"S": "n0"}, answer
    new = table.update_item(Key={"game": "g0", "score": 0}, UpdateExpression="SET #d.#l[0] = #d.#l[0] + :one, seen = list_append(if_not_exists(seen, :none), :one_list) ADD tags :tags REMOVE wide",
                            ConditionExpression=Attr("tags").contains("a") & Attr("deep.list[2]").eq(True) & ~Attr("score").between(1, 9) & Attr("bytes").begins_with(b"\x00"),
                            ExpressionAttributeNames={"#d": "deep", "#l": "list"}, ExpressionAttributeValues={":one": 1, ":none": [], ":one_list": ["x"], ":tags": {"b"}}, ReturnValues="ALL_NEW")["Attributes"]
    assert new["deep"]["list"][0] == 31 and new["tags"] == {"a", "b", "t30"} and new["seen"] == ["x"] and "wide" not in new, new
    db.meta.client.transact_write_items(TransactItems=[
        {"Delete": {"TableName": "scores", "Key": {"game": "g1", "score": 1}}}, {"Put": {"TableName": "scores", "Item": {"game": "g2", "score": 1, "name": "moved"}}}])

item = table.get_item(Key={"game": "g1", "score": 3}, ConsistentRead=True)["Item"]
assert item["wide"] == WIDE and item["bytes"].value == b"\x00\xff" and item["numbers"] == {Decimal("1"), Decimal("2.5")} and item["deep"]["list"][1:] == [None, True, {"x": ""}], item
found = table.query(KeyConditionExpression=Key("game").eq("g0") & Key("score").between(-4, 4), ProjectionExpression="score", ScanIndexForward=False)
assert [i["score"] for i in found["Items"]] == [4, 2, 0, -2, -4], found
assert table.query(IndexName="byName", KeyConditionExpression=Key("name").eq("n0"), Select="COUNT")["Count"] == 12
assert names(IndexName="byName", KeyConditionExpression=Key("name").eq("moved")) == ["moved"]
seen, start = 0, {}
while True:
    page = table.scan(Limit=7, FilterExpression=Attr("tags").size().gte(2) & Attr("score").is_in([0, 2, 4, 6]), **start)
    seen += page["Count"]
    if "LastEvaluatedKey" not in page:
        break
    start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
assert seen == 4, seen
assert table.item_count == 60, table.item_count
got = db.batch_get_item(RequestItems={"scores": {"Keys": [{"game": "g2", "score": 1}, {"game": "none", "score": 1}]}})
assert len(got["Responses"]["scores"]) == 1 and not got["UnprocessedKeys"], got
print("ok")
