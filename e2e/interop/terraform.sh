#!/bin/sh
# Terraform itself: state in a versioned bucket, with its lock file.
set -eu
say() { echo "  $1"; }
python=$(dirname "$0")/../out/interop-venv/bin/python
"$python" - <<'EOF'
import boto3, os
s3 = boto3.client("s3", endpoint_url=os.environ["INTEROP_URL"])
s3.create_bucket(Bucket="terraform-state")
s3.put_bucket_versioning(Bucket="terraform-state", VersioningConfiguration={"Status": "Enabled"})
EOF
cat >main.tf <<EOF
terraform {
  backend "s3" {
    bucket                      = "terraform-state"
    key                         = "env/prod.tfstate"
    region                      = "us-east-1"
    endpoints                   = { s3 = "$INTEROP_URL" }
    use_path_style              = true
    use_lockfile                = true
    skip_credentials_validation = true
    skip_metadata_api_check     = true
    skip_requesting_account_id  = true
    skip_region_validation      = true
  }
}
variable "value" {}
resource "terraform_data" "thing" { input = var.value }
output "thing" { value = terraform_data.thing.output }
EOF
export TF_IN_AUTOMATION=1 TF_CLI_CONFIG_FILE=/dev/null CHECKPOINT_DISABLE=1
tf() { "$TOOL" "$@" -no-color >out 2>&1 || { tail -n 30 out >&2; exit 1; }; }
say "init, apply twice"
tf init -input=false
tf apply -auto-approve -input=false -var value=one
tf apply -auto-approve -input=false -var value=two
[ "$("$TOOL" output -no-color -raw thing)" = two ]
say "versions of the state, and no lock left"
"$python" - <<'EOF'
import boto3, json, os
s3 = boto3.client("s3", endpoint_url=os.environ["INTEROP_URL"])
versions = s3.list_object_versions(Bucket="terraform-state", Prefix="env/prod.tfstate")["Versions"]
states = [v for v in versions if v["Key"] == "env/prod.tfstate"]
assert len(states) >= 2, states
serials = [json.loads(s3.get_object(Bucket="terraform-state", Key=v["Key"], VersionId=v["VersionId"])["Body"].read())["serial"] for v in states]
assert serials == sorted(serials, reverse=True), serials
assert [o["Key"] for o in s3.list_objects_v2(Bucket="terraform-state")["Contents"]] == ["env/prod.tfstate"]
s3.put_object(Bucket="terraform-state", Key="env/prod.tfstate.tflock", Body=b'{"ID":"somebody-else","Operation":"test","Info":"","Who":"x","Version":"1","Created":"2026-01-01T00:00:00Z","Path":"p"}', IfNoneMatch="*")
EOF
say "somebody else's lock holds"
if "$TOOL" apply -no-color -auto-approve -input=false -lock-timeout=0s -var value=three >out 2>&1; then exit 1; fi
grep -q "somebody-else" out
