"""Signs requests as boto3 and the AWS CLI do, and prints them as one JSON list.

Usage: botocore_sign.py HOST KEY SECRET TOKEN. The test sends them as they are.
"""
import json
import sys

from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

host, key, secret, token = sys.argv[1:5]
base = "http://" + host
long_lived = Credentials(key, secret)
temporary = Credentials("TEMPORARY", secret, token)
json11 = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Kinesis_20131202.ListStreams"}
form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
identity = "Action=GetCallerIdentity&Version=2011-06-15"
arn = "arn%3Aaws%3Aconnect%3Aeu-west-1%3A123456789012%3Ainstance%2Fa%20b"

requests = [
    ("target", long_lived, SigV4Auth, "kinesis", "POST", "/", "{}", json11),
    ("token", temporary, SigV4Auth, "kinesis", "POST", "/", '{"Limit":1}', json11),
    ("encoded path", long_lived, SigV4Auth, "connect", "GET", "/instance/" + arn, "", {}),
    ("query string", long_lived, SigV4Auth, "connect", "GET", "/instance?b=2&a=%2F%20x&a=1&empty=&plus=a%2Bb", "", {}),
    ("blanks in a header", long_lived, SigV4Auth, "connect", "GET", "/instance", "", {"x-amz-meta-note": "  a   b  "}),
    ("form", long_lived, SigV4Auth, "sts", "POST", "/", identity, form),
    ("dots and slashes", long_lived, SigV4Auth, "sts", "POST", "/x/..//y/./z/", identity, form),
    ("presigned", long_lived, SigV4QueryAuth, "sts", "GET", "/?" + identity, "", {}),
    ("presigned with a token", temporary, SigV4QueryAuth, "sts", "GET", "/?" + identity, "", {}),
]
out = []
for name, credentials, auth, service, method, target, body, headers in requests:
    request = AWSRequest(method=method, url=base + target, data=body.encode(), headers=dict(headers))
    auth(credentials, service, "eu-west-1").add_auth(request)
    out.append({
        "name": name, "method": method, "target": request.url[len(base):], "body": body,
        "headers": {k: v if isinstance(v, str) else v.decode() for k, v in request.headers.items()},
    })
json.dump(out, sys.stdout)
