"""Calls a server with boto3 as anyone would, and prints what came of each call, one JSON line each.

Usage: boto3_calls.py URL KEY SECRET.
"""
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

url, key, secret = sys.argv[1:4]


def client(name, secret=secret):
    return boto3.client(name, endpoint_url=url, region_name="eu-west-1", aws_access_key_id=key, aws_secret_access_key=secret,
                        config=Config(retries={"total_max_attempts": 2}, connect_timeout=5, read_timeout=5))


def call(name, function, **arguments):
    try:
        out = function(**arguments)
        print(json.dumps([name, out["ResponseMetadata"]["HTTPStatusCode"], "", out["ResponseMetadata"]["RetryAttempts"]]))
    except ClientError as e:
        meta = e.response["ResponseMetadata"]
        print(json.dumps([name, meta["HTTPStatusCode"], e.response["Error"]["Code"], meta["RetryAttempts"]]))


kinesis, connect, sts = client("kinesis"), client("connect"), client("sts")
call("list streams", kinesis.list_streams)
call("put records", kinesis.put_records, StreamName="s", Records=[{"Data": b"\x00\xff" * 1000, "PartitionKey": "\u1234"}] * 100)
call("describe instance by ARN", connect.describe_instance, InstanceId="arn:aws:connect:eu-west-1:123456789012:instance/a b")
call("list instances", connect.list_instances, MaxResults=3, NextToken="a+b/c=")
call("caller identity", sts.get_caller_identity)
call("stream operation not here", kinesis.split_shard, StreamName="s", ShardToSplit="0", NewStartingHashKey="1")
call("connect operation not here", connect.list_queues, InstanceId="i")
call("sts operation not here", sts.get_session_token)
call("kinesis, wrong secret", client("kinesis", "wrong").list_streams)
call("connect, wrong secret", client("connect", "wrong").list_instances)
call("sts, wrong secret", client("sts", "wrong").get_caller_identity)
