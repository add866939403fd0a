"""What products do that are not run here: Terraform's state and lock, and a backup product with immutability; run.sh says where the server is."""

import base64
import datetime
import hashlib
import os
import sys
import traceback

import boto3
from botocore.client import Config
from botocore.exceptions import ClientError

s3 = boto3.client("s3", endpoint_url=os.environ["INTEROP_URL"], config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}))


def code_of(call, *args, **kwargs):
    """The error code of a call that must fail."""
    try:
        call(*args, **kwargs)
    except ClientError as e:
        return e.response["Error"]["Code"]
    raise AssertionError("the call was not refused")


def test_terraform_state():
    """Lock, read, write with the checksum that Terraform sends, unlock; each state is a version."""
    bucket, key, lock = "sequence-state", "env/app.tfstate", "env/app.tfstate.tflock"
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    assert code_of(s3.get_object, Bucket=bucket, Key=key) == "NoSuchKey"
    states = []
    for serial in range(3):
        s3.put_object(Bucket=bucket, Key=lock, Body=b'{"ID":"%d"}' % serial, ContentType="application/json", IfNoneMatch="*")
        assert code_of(s3.put_object, Bucket=bucket, Key=lock, Body=b"{}", IfNoneMatch="*") == "PreconditionFailed"
        assert s3.get_object(Bucket=bucket, Key=lock)["Body"].read() == b'{"ID":"%d"}' % serial
        if states:
            assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == states[-1]
        body = b'{"version":4,"serial":%d}' % serial
        s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json", ChecksumAlgorithm="SHA256")
        states.append(body)
        s3.delete_object(Bucket=bucket, Key=lock)
    versions = s3.list_object_versions(Bucket=bucket, Prefix=key)["Versions"]
    kept = [s3.get_object(Bucket=bucket, Key=key, VersionId=v["VersionId"])["Body"].read() for v in versions if v["Key"] == key]
    assert kept == states[::-1], kept


def test_backup_with_immutability():
    """A repository with Object Lock: placeholders of folders, retention of each object, many HEADs, and deletes of versions that must wait."""
    bucket = "sequence-backup"
    s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    assert s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"] == {"ObjectLockEnabled": "Enabled"}
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    for folder in ("repo/", "repo/clients/", "repo/clients/one/"):
        s3.put_object(Bucket=bucket, Key=folder, Body=b"")
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="repo/", Delimiter="/")
    assert [o["Key"] for o in listed["Contents"]] == ["repo/"] and [p["Prefix"] for p in listed["CommonPrefixes"]] == ["repo/clients/"]

    until = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(days=7)
    objects = []
    for i in range(40):
        key, body = "repo/clients/one/%08d.blk" % i, os.urandom(1000 + i)
        extra = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until} if i < 20 else {}
        out = s3.put_object(Bucket=bucket, Key=key, Body=body, ContentMD5=base64.b64encode(hashlib.md5(body).digest()).decode(), **extra)
        objects.append((key, out["VersionId"], body))
    for key, version, body in objects * 3:
        head = s3.head_object(Bucket=bucket, Key=key, VersionId=version)
        assert head["ContentLength"] == len(body)
    for key, version, _ in objects[20:25]:
        s3.put_object_retention(Bucket=bucket, Key=key, VersionId=version, Retention={"Mode": "GOVERNANCE", "RetainUntilDate": until})
    assert s3.get_object_retention(Bucket=bucket, Key=objects[0][0], VersionId=objects[0][1])["Retention"] == {"Mode": "COMPLIANCE", "RetainUntilDate": until}
    # Longer is allowed, shorter is not.
    later = until + datetime.timedelta(days=1)
    s3.put_object_retention(Bucket=bucket, Key=objects[0][0], VersionId=objects[0][1], Retention={"Mode": "COMPLIANCE", "RetainUntilDate": later})
    assert code_of(s3.put_object_retention, Bucket=bucket, Key=objects[0][0], VersionId=objects[0][1], Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until}) == "AccessDenied"

    # Without a version a delete only marks; with one it waits for the retention.
    marked = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": k} for k, _, _ in objects]})
    assert len(marked["Deleted"]) == 40 and "Errors" not in marked
    out = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": k, "VersionId": v} for k, v, _ in objects]})
    assert sorted(e["Key"] for e in out["Errors"]) == [k for k, _, _ in objects[:25]], out["Errors"]
    assert {e["Code"] for e in out["Errors"]} == {"AccessDenied"}
    assert len(out["Deleted"]) == 15
    bypassed = s3.delete_objects(Bucket=bucket, BypassGovernanceRetention=True, Delete={"Objects": [{"Key": k, "VersionId": v} for k, v, _ in objects[20:25]]})
    assert len(bypassed["Deleted"]) == 5
    for key, version, body in objects[:20]:
        assert s3.get_object(Bucket=bucket, Key=key, VersionId=version)["Body"].read() == body


failed = 0
for name, test in list(globals().items()):
    if not name.startswith("test_"):
        continue
    try:
        test()
        print("  " + name[5:].replace("_", " "))
    except Exception:
        failed += 1
        print("  FAILED " + name)
        traceback.print_exc()
sys.exit(1 if failed else 0)
