"""Pages through lists of Connect with the paginators of an unmodified boto3: what to ask comes as JSON on standard input,
and an answer for each operation that boto3 has a paginator for goes to standard output."""
import json
import sys

import boto3
from botocore import xform_name

asked = json.load(sys.stdin)
client = boto3.client(
    "connect", endpoint_url=asked["endpoint"], region_name="us-east-1", aws_access_key_id=asked["account"], aws_secret_access_key="secret"
)


def paged(operation, inputs, **config):
    pages = list(client.get_paginator(xform_name(operation)).paginate(**inputs, PaginationConfig=config))
    key = client.get_paginator(xform_name(operation)).result_keys[0]
    return len(pages), [item for page in pages for item in key.search(page) or []]


answers = {}
for operation in asked["operations"]:
    if not client.can_paginate(xform_name(operation)):
        continue
    shape = client.meta.service_model.operation_model(operation).input_shape
    known = {**asked["inputs"].get("", {}), **asked["inputs"].get(operation, {})}
    inputs = {name: value for name, value in known.items() if name in shape.members}
    missing = [name for name in shape.required_members if name not in inputs]
    if missing:
        answers[operation] = {"missing": missing}
        continue
    _, whole = paged(operation, inputs)
    pages, items = paged(operation, inputs, **({"PageSize": 1} if "MaxResults" in shape.members else {}))
    answers[operation] = {"whole": len(whole), "pages": pages, "same": json.dumps(whole, default=str) == json.dumps(items, default=str)}
json.dump(answers, sys.stdout)
