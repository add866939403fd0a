// Package s3compat holds the server to what S3 clients expect of it: every operation through the AWS SDK and minio-go, over HTTP and TLS,
// with buckets in paths and in host names, with checksums and without. Package hostile sends what no client sends, package crash kills the
// server under load, package faults takes its disk space, its locks and its patience.
package s3compat
