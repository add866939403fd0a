"""boto3 and botocore against a running server; run.sh says where it is.

Each function is one test; a failure is printed and makes the exit code 1.
"""

import concurrent.futures
import hashlib
import io
import json
import os
import sys
import traceback

import boto3
import urllib3
from boto3.s3.transfer import TransferConfig
from botocore.client import Config
from botocore.exceptions import ClientError

URL = os.environ["INTEROP_URL"]


def client(**config):
    """A client with path style and no retries; the rest is boto3's default."""
    config.setdefault("retries", {"total_max_attempts": 1})
    return boto3.client("s3", endpoint_url=URL, config=Config(s3={"addressing_style": "path"}, **config))


s3 = client()
BUCKET = "boto3-bucket"


def code_of(call, *args, **kwargs):
    """The error code of a call that must fail."""
    try:
        call(*args, **kwargs)
    except ClientError as e:
        return e.response["Error"]["Code"]
    raise AssertionError("the call was not refused")


def fetch(url, method="GET", data=None, headers=None):
    """Follows a link as a program without credentials does."""
    answer = urllib3.PoolManager(retries=False).request(method, url, body=data, headers=headers or {})
    assert answer.status < 300, (method, url, answer.status, answer.data)
    return answer.data


def test_put_get_head():
    """Default checksums are sent, and checked on the way back."""
    for size in (0, 1, 70_000, 3 << 20):
        body = os.urandom(size)
        out = s3.put_object(Bucket=BUCKET, Key="k", Body=body, Metadata={"colour": "green"}, ContentType="text/x")
        assert out["ETag"] == '"%s"' % hashlib.md5(body).hexdigest()
        assert "ChecksumCRC32" in out, out
        got = s3.get_object(Bucket=BUCKET, Key="k")
        assert got["Body"].read() == body
        assert got["Metadata"] == {"colour": "green"} and got["ContentType"] == "text/x"
    part = s3.get_object(Bucket=BUCKET, Key="k", Range="bytes=100-199")
    assert part["Body"].read() == body[100:200] and part["ContentRange"] == "bytes 100-199/%d" % len(body)


def test_bodies():
    """Files, streams without a length that boto3 has to look up, and signed payloads."""
    with open("file", "wb") as f:
        f.write(b"x" * 300_000)
    with open("file", "rb") as f:
        s3.put_object(Bucket=BUCKET, Key="file", Body=f)
    assert s3.head_object(Bucket=BUCKET, Key="file")["ContentLength"] == 300_000
    signed = client(signature_version="s3v4", request_checksum_calculation="when_required")
    signed.put_object(Bucket=BUCKET, Key="signed", Body=b"signed payload")
    assert signed.get_object(Bucket=BUCKET, Key="signed")["Body"].read() == b"signed payload"


def test_transfer_manager():
    """Parallel parts up, ranged reads down, a managed copy."""
    config = TransferConfig(multipart_threshold=6 << 20, multipart_chunksize=5 << 20, max_concurrency=4)
    for data in (os.urandom(23 << 20), os.urandom(100)):
        s3.upload_fileobj(io.BytesIO(data), BUCKET, "managed", Config=config, ExtraArgs={"ContentType": "x/y"})
        out = io.BytesIO()
        s3.download_fileobj(BUCKET, "managed", out, Config=config)
        assert out.getvalue() == data
        s3.copy({"Bucket": BUCKET, "Key": "managed"}, BUCKET, "managed copy", Config=config)
        assert s3.get_object(Bucket=BUCKET, Key="managed copy")["Body"].read() == data
        s3.upload_file(os.path.join(os.environ["INTEROP_TREE"], "large.bin"), BUCKET, "uploaded", Config=config)
        s3.download_file(BUCKET, "uploaded", "downloaded", Config=config)
        with open("downloaded", "rb") as a, open(os.path.join(os.environ["INTEROP_TREE"], "large.bin"), "rb") as b:
            assert a.read() == b.read()


def test_multipart_by_hand():
    """The example of the documentation, with parts as large as S3 wants them: no algorithm is named, and parts bring a checksum all the same."""
    chunks = [os.urandom(5 << 20), b"the last one"]
    up = s3.create_multipart_upload(Bucket=BUCKET, Key="large.bin")
    parts = []
    for number, chunk in enumerate(chunks, start=1):
        out = s3.upload_part(Bucket=BUCKET, Key="large.bin", PartNumber=number, UploadId=up["UploadId"], Body=chunk)
        parts.append({"PartNumber": number, "ETag": out["ETag"]})
    assert [p["PartNumber"] for p in s3.list_parts(Bucket=BUCKET, Key="large.bin", UploadId=up["UploadId"])["Parts"]] == [1, 2]
    s3.complete_multipart_upload(Bucket=BUCKET, Key="large.bin", UploadId=up["UploadId"], MultipartUpload={"Parts": parts})
    assert s3.get_object(Bucket=BUCKET, Key="large.bin")["Body"].read() == b"".join(chunks)
    up = s3.create_multipart_upload(Bucket=BUCKET, Key="small.bin")
    parts = []
    for number, chunk in enumerate((b"chunk1", b"chunk2"), start=1):
        out = client(request_checksum_calculation="when_required").upload_part(Bucket=BUCKET, Key="small.bin", PartNumber=number, UploadId=up["UploadId"], Body=chunk)
        parts.append({"PartNumber": number, "ETag": out["ETag"]})
    assert code_of(s3.complete_multipart_upload, Bucket=BUCKET, Key="small.bin", UploadId=up["UploadId"], MultipartUpload={"Parts": parts}) == "EntityTooSmall"
    s3.abort_multipart_upload(Bucket=BUCKET, Key="small.bin", UploadId=up["UploadId"])
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)


def test_multipart_with_an_algorithm():
    """Checksums of parts that make one of the whole."""
    for algorithm in ("CRC32", "SHA256"):
        up = s3.create_multipart_upload(Bucket=BUCKET, Key="summed", ChecksumAlgorithm=algorithm)
        name = "Checksum" + algorithm
        parts = []
        for number, chunk in enumerate((os.urandom(5 << 20), b"end"), start=1):
            out = s3.upload_part(Bucket=BUCKET, Key="summed", PartNumber=number, UploadId=up["UploadId"], Body=chunk, ChecksumAlgorithm=algorithm)
            parts.append({"PartNumber": number, "ETag": out["ETag"], name: out[name]})
        out = s3.complete_multipart_upload(Bucket=BUCKET, Key="summed", UploadId=up["UploadId"], MultipartUpload={"Parts": parts})
        assert out[name].endswith("-2"), out
        s3.get_object(Bucket=BUCKET, Key="summed")["Body"].read()


def test_checksums():
    """What boto3 can compute, what it can be given, and a wrong one."""
    for algorithm in ("CRC32", "SHA1", "SHA256"):
        out = s3.put_object(Bucket=BUCKET, Key="sum", Body=b"content", ChecksumAlgorithm=algorithm)
        head = s3.head_object(Bucket=BUCKET, Key="sum", ChecksumMode="ENABLED")
        assert out["Checksum" + algorithm] == head["Checksum" + algorithm]
    assert code_of(s3.put_object, Bucket=BUCKET, Key="bad", Body=b"content", ChecksumSHA256="A" * 43 + "=") in ("BadDigest", "InvalidRequest")
    assert code_of(s3.head_object, Bucket=BUCKET, Key="bad") == "404"
    assert code_of(s3.put_object, Bucket=BUCKET, Key="bad", Body=b"content", ContentMD5="A" * 22 + "==") == "BadDigest"


def test_links():
    """Presigned requests of every kind, by both versions of signatures."""
    for version in ("s3", "s3v4"):
        c = client(signature_version=version)
        for key in ("link", "a folder/ü+&? 100%.txt"):
            s3.put_object(Bucket=BUCKET, Key=key, Body=b"by link")
            assert fetch(c.generate_presigned_url("get_object", {"Bucket": BUCKET, "Key": key})) == b"by link"
            url = c.generate_presigned_url("get_object", {"Bucket": BUCKET, "Key": key, "ResponseContentDisposition": 'attachment; filename="x"'}, ExpiresIn=60)
            assert fetch(url) == b"by link"
            fetch(c.generate_presigned_url("put_object", {"Bucket": BUCKET, "Key": key}), "PUT", b"put by link")
            assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"put by link"
            url = c.generate_presigned_url("put_object", {"Bucket": BUCKET, "Key": key, "ContentType": "text/y"})
            fetch(url, "PUT", b"typed", {"Content-Type": "text/y"})
            assert s3.head_object(Bucket=BUCKET, Key=key)["ContentType"] == "text/y"
            fetch(c.generate_presigned_url("delete_object", {"Bucket": BUCKET, "Key": key}), "DELETE")
            assert code_of(s3.head_object, Bucket=BUCKET, Key=key) == "404"
    # The default of boto3 for such an endpoint is whatever its version thinks best.
    s3.put_object(Bucket=BUCKET, Key="link", Body=b"default")
    assert fetch(boto3.client("s3", endpoint_url=URL).generate_presigned_url("get_object", {"Bucket": BUCKET, "Key": "link"})) == b"default"


def test_signature_version_2():
    """The old signature for everything."""
    c = client(signature_version="s3")
    c.put_object(Bucket=BUCKET, Key="old way +", Body=b"two", Metadata={"a": "1"})
    assert c.get_object(Bucket=BUCKET, Key="old way +")["Body"].read() == b"two"
    assert c.list_objects_v2(Bucket=BUCKET, Prefix="old way")["KeyCount"] == 1
    c.copy_object(Bucket=BUCKET, Key="old copy", CopySource={"Bucket": BUCKET, "Key": "old way +"})
    c.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "old way +"}, {"Key": "old copy"}]})


def test_listing():
    """Pages, delimiters, and keys that need encoding, which botocore asks for and undoes."""
    bucket = "boto3-listing"
    s3.create_bucket(Bucket=bucket)
    keys = ["folder %d/key %04d" % (i % 7, i) for i in range(1200)] + ["a+b", "a b", "100%", "ü/ö", "new\nline", "ctrl\x01", "<&>", "//", "a//b", "../x", "😀"]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda k: s3.put_object(Bucket=bucket, Key=k, Body=b""), keys))
    for operation, size in (("list_objects_v2", 1000), ("list_objects_v2", 77), ("list_objects", 100)):
        got = []
        for page in s3.get_paginator(operation).paginate(Bucket=bucket, PaginationConfig={"PageSize": size}):
            got += [o["Key"] for o in page.get("Contents", [])]
        assert got == sorted(keys, key=lambda k: k.encode()), operation
    page = s3.list_objects_v2(Bucket=bucket, Delimiter="/")
    assert [p["Prefix"] for p in page["CommonPrefixes"]] == ["../", "/", "a/"] + ["folder %d/" % i for i in range(7)] + ["ü/"], page["CommonPrefixes"]
    versions = []
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, PaginationConfig={"PageSize": 500}):
        versions += [o["Key"] for o in page.get("Versions", [])]
    assert len(versions) == len(keys)
    s3.delete_object(Bucket=bucket, Key="ctrl\x01")  # XML cannot say this key
    keys.remove("ctrl\x01")
    resource = boto3.resource("s3", endpoint_url=URL).Bucket(bucket)
    assert sum(1 for _ in resource.objects.filter(Prefix="folder 3/")) == len([k for k in keys if k.startswith("folder 3/")])
    resource.objects.all().delete()
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    s3.delete_bucket(Bucket=bucket)


def test_versions():
    """History, markers, a suspended bucket, and its emptying."""
    bucket = "boto3-versions"
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    ids = [s3.put_object(Bucket=bucket, Key="k", Body=b"%d" % i)["VersionId"] for i in range(3)]
    assert s3.get_object(Bucket=bucket, Key="k", VersionId=ids[0])["Body"].read() == b"0"
    marker = s3.delete_object(Bucket=bucket, Key="k")
    assert marker["DeleteMarker"]
    assert code_of(s3.get_object, Bucket=bucket, Key="k") == "NoSuchKey"
    assert code_of(s3.get_object, Bucket=bucket, Key="k", VersionId=marker["VersionId"]) == "MethodNotAllowed"
    listing = s3.list_object_versions(Bucket=bucket)
    assert [v["VersionId"] for v in listing["Versions"]] == ids[::-1] and len(listing["DeleteMarkers"]) == 1
    s3.delete_object(Bucket=bucket, Key="k", VersionId=marker["VersionId"])
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"2"
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    assert s3.put_object(Bucket=bucket, Key="k", Body=b"null").get("VersionId", "null") == "null"
    assert s3.list_object_versions(Bucket=bucket)["Versions"][0]["VersionId"] == "null"
    assert code_of(s3.delete_bucket, Bucket=bucket) == "BucketNotEmpty"
    boto3.resource("s3", endpoint_url=URL).Bucket(bucket).object_versions.delete()
    s3.delete_bucket(Bucket=bucket)


def test_conditions():
    """Creation without overwriting, replacement of what was read, deletion of what was read."""
    s3.delete_object(Bucket=BUCKET, Key="c")
    tag = s3.put_object(Bucket=BUCKET, Key="c", Body=b"1", IfNoneMatch="*")["ETag"]
    assert code_of(s3.put_object, Bucket=BUCKET, Key="c", Body=b"2", IfNoneMatch="*") == "PreconditionFailed"
    assert code_of(s3.put_object, Bucket=BUCKET, Key="c", Body=b"2", IfMatch='"0"') == "PreconditionFailed"
    assert code_of(s3.get_object, Bucket=BUCKET, Key="c", IfNoneMatch=tag) == "304"
    tag = s3.put_object(Bucket=BUCKET, Key="c", Body=b"2", IfMatch=tag)["ETag"]
    assert code_of(s3.delete_object, Bucket=BUCKET, Key="c", IfMatch='"0"') == "PreconditionFailed"
    s3.delete_object(Bucket=BUCKET, Key="c", IfMatch=tag)


def test_copy():
    """Metadata that is kept or replaced, and sources that need encoding."""
    for key in ("source", "sö urce/+%?&", "a//b"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"copied", Metadata={"a": "1"}, ContentType="text/a")
        s3.copy_object(Bucket=BUCKET, Key="target", CopySource={"Bucket": BUCKET, "Key": key})
        head = s3.head_object(Bucket=BUCKET, Key="target")
        assert head["Metadata"] == {"a": "1"} and head["ContentType"] == "text/a"
    s3.copy_object(Bucket=BUCKET, Key="target", CopySource={"Bucket": BUCKET, "Key": "source"}, MetadataDirective="REPLACE", Metadata={"b": "2"})
    assert s3.head_object(Bucket=BUCKET, Key="target")["Metadata"] == {"b": "2"}
    assert code_of(s3.copy_object, Bucket=BUCKET, Key="source", CopySource={"Bucket": BUCKET, "Key": "source"}) == "InvalidRequest"


def test_errors():
    """Codes that programs look at."""
    assert code_of(s3.get_object, Bucket=BUCKET, Key="none") == "NoSuchKey"
    assert code_of(s3.get_object, Bucket="no-such-bucket-here", Key="none") == "NoSuchBucket"
    assert code_of(s3.head_bucket, Bucket="no-such-bucket-here") == "404"
    assert code_of(s3.get_bucket_replication, Bucket=BUCKET) == "NotImplemented"
    wrong = boto3.client("s3", endpoint_url=URL, aws_secret_access_key="wrong", aws_access_key_id=os.environ["INTEROP_ACCESS"])
    assert code_of(wrong.list_buckets) == "SignatureDoesNotMatch"
    unknown = boto3.client("s3", endpoint_url=URL, aws_secret_access_key="wrong", aws_access_key_id="NOSUCHKEY00000000001")
    assert code_of(unknown.list_buckets) == "InvalidAccessKeyId"
    region = boto3.client("s3", endpoint_url=URL, region_name="eu-central-1", config=Config(signature_version="s3v4", retries={"total_max_attempts": 1}))
    assert code_of(region.list_buckets) == "AuthorizationHeaderMalformed"
    assert code_of(s3.put_object, Bucket=BUCKET, Key="k" * 1025, Body=b"") == "KeyTooLongError"


def test_waiters():
    """Waiters see what is and what is not."""
    s3.put_object(Bucket=BUCKET, Key="w", Body=b"")
    s3.get_waiter("object_exists").wait(Bucket=BUCKET, Key="w", WaiterConfig={"Delay": 1, "MaxAttempts": 2})
    s3.delete_object(Bucket=BUCKET, Key="w")
    s3.get_waiter("object_not_exists").wait(Bucket=BUCKET, Key="w", WaiterConfig={"Delay": 1, "MaxAttempts": 2})
    s3.get_waiter("bucket_exists").wait(Bucket=BUCKET, WaiterConfig={"Delay": 1, "MaxAttempts": 2})


def test_identities():
    """Users, policies and roles by the IAM API, and what temporary credentials may do."""
    iam, sts = boto3.client("iam", endpoint_url=URL), boto3.client("sts", endpoint_url=URL)
    account = sts.get_caller_identity()["Account"]
    iam.create_user(UserName="ada")
    key = iam.create_access_key(UserName="ada")["AccessKey"]
    used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])
    assert used["UserName"] == "ada" and used["AccessKeyLastUsed"] == {"Region": "N/A", "ServiceName": "N/A"}, used
    ada = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::" + BUCKET, "arn:aws:s3:::" + BUCKET + "/*"]}]}
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::%s:user/ada" % account}, "Action": "sts:AssumeRole"}]}
    role = iam.create_role(RoleName="writer", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    assert role["AssumeRolePolicyDocument"] == trust, role
    iam.put_role_policy(RoleName="writer", PolicyName="p", PolicyDocument=json.dumps(allow))
    got = boto3.client("sts", endpoint_url=URL, **ada).assume_role(RoleArn=role["Arn"], RoleSessionName="now")["Credentials"]

    def bucket_of(**credentials):
        return boto3.client("s3", endpoint_url=URL, config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}), **credentials)

    assert code_of(bucket_of(**ada).put_object, Bucket=BUCKET, Key="by-role", Body=b"1") == "AccessDenied"
    acting = bucket_of(aws_access_key_id=got["AccessKeyId"], aws_secret_access_key=got["SecretAccessKey"], aws_session_token=got["SessionToken"])
    acting.put_object(Bucket=BUCKET, Key="by-role", Body=b"1")
    assert fetch(acting.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "by-role"})) == b"1"
    assert [b["Name"] for b in acting.list_buckets()["Buckets"]] == [BUCKET]
    # Policies on identities may test the request, and the tags of what it is about.
    iam.tag_user(UserName="ada", Tags=[{"Key": "team", "Value": "blue"}])
    mine = {"Effect": "Allow", "Action": "iam:*", "Resource": "*", "Condition": {
        "StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}, "IpAddress": {"aws:SourceIp": ["127.0.0.0/8", "::1"]}}}
    agent = {"Effect": "Deny", "Action": "iam:*", "Resource": "*", "Condition": {"StringLike": {"aws:UserAgent": "*refuse-me*"}}}
    iam.put_user_policy(UserName="ada", PolicyName="tags", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [mine, agent]}))
    by_ada = boto3.client("iam", endpoint_url=URL, **ada)
    assert by_ada.get_user(UserName="ada")["User"]["UserName"] == "ada"
    assert code_of(by_ada.get_role, RoleName="writer") == "AccessDenied"
    assert code_of(boto3.client("iam", endpoint_url=URL, config=Config(user_agent_extra="refuse-me"), **ada).get_user, UserName="ada") == "AccessDenied"
    iam.delete_user_policy(UserName="ada", PolicyName="tags")
    used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]
    assert used["ServiceName"] == "iam" and used["LastUsedDate"], used
    iam.delete_role_policy(RoleName="writer", PolicyName="p")
    assert code_of(acting.put_object, Bucket=BUCKET, Key="by-role", Body=b"1") == "AccessDenied"
    iam.delete_role(RoleName="writer")
    iam.delete_access_key(UserName="ada", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="ada")
    assert [u["UserName"] for u in iam.list_users()["Users"]] == [os.environ["INTEROP_ACCESS"]]


def main():
    s3.create_bucket(Bucket=BUCKET)
    assert BUCKET in [b["Name"] for b in s3.list_buckets()["Buckets"]]
    failures = 0
    for name, test in list(globals().items()):
        if not name.startswith("test_"):
            continue
        try:
            test()
            print("  " + name[5:].replace("_", " "))
        except Exception:  # each test is reported for itself
            failures += 1
            print("  " + name[5:].replace("_", " ") + ": FAILED")
            traceback.print_exc(limit=-3, file=sys.stdout)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
