"""Calls AWS operations with an unmodified boto3: one request a line on standard input, one answer a line on standard output."""
import base64
import datetime
import json
import sys

import boto3
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

endpoint, account = sys.argv[1], sys.argv[2]
clients = {
    name: boto3.client(
        name, endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=account, aws_secret_access_key="secret"
    )
    for name in ("cloudwatch", "dynamodb", "kinesis", "connect", "connectparticipant", "sts")
}


def shown(value):
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(type(value))


for line in sys.stdin:
    call = json.loads(line)
    try:
        method = getattr(clients[call["service"]], xform_name(call["operation"]))
        output = method(**(call["input"] or {}))
        output.pop("ResponseMetadata", None)
        answer = {"output": output}
    except ClientError as e:
        answer = {
            "code": e.response["Error"]["Code"],
            "message": e.response["Error"].get("Message", ""),
            "status": e.response["ResponseMetadata"]["HTTPStatusCode"],
        }
    except BotoCoreError as e:
        answer = {"code": type(e).__name__, "message": str(e)}
    print(json.dumps(answer, default=shown), flush=True)
