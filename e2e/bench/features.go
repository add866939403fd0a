package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"
	"time"
)

// features measures what access rules and what a version carries cost: the same operation of MyFSIO with them and without, taking turns.
func (b *bench) features() error {
	fmt.Println("\n| case | conns | ratio | ops/s with | p50 | p99 | ops/s without | p50 | p99 | CPU per operation |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|")
	if b.only.MatchString("GET 4 KiB with a policy") {
		if err := b.policy(); err != nil {
			return err
		}
	}
	if b.only.MatchString("PUT 4 KiB with tags, ACL and lock") {
		if err := b.amended(); err != nil {
			return err
		}
	}
	if b.only.MatchString("PUT 4 KiB, AUDIT_LOG") || b.only.MatchString("GET 4 KiB, AUDIT_LOG") {
		return b.audit()
	}
	return nil
}

// audit measures the audit log: servers that keep nothing, what is kept by default, and every operation.
func (b *bench) audit() error {
	servers := map[string]*server{}
	defer func() {
		for _, s := range servers {
			s.stop()
		}
	}()
	body := payload(4 << 10)
	for _, level := range []string{"off", "changes", "all"} {
		s, err := startOurs(b.bin, mustDir(b.ours.dir, "audit-"+level), "AUDIT_LOG="+level)
		if err != nil {
			return err
		}
		servers[level] = s
		if err := makeBucket(s, "audit"); err != nil {
			return err
		}
		if _, err := load(s, 32, time.Hour, warm, func(c *client, _ int, n int64) error {
			res, err := c.do(request{method: "PUT", path: "/audit/" + strconv.FormatInt(n, 10), body: body}, false)
			return want(res, err, 200)
		}); err != nil {
			return err
		}
		if err := flush(s); err != nil {
			return err
		}
	}
	get := func(conns int, level string) func(int) (result, error) {
		return func(int) (result, error) {
			return load(servers[level], conns, b.slice, 0, func(c *client, _ int, n int64) error {
				res, err := c.do(request{method: "GET", path: "/audit/" + strconv.FormatInt(n*7919%warm, 10)}, false)
				return want(res, err, 200)
			})
		}
	}
	put := func(conns int, level string) func(int) (result, error) {
		return func(round int) (result, error) {
			return load(servers[level], conns, b.slice, 0, func(c *client, _ int, n int64) error {
				path := strings.Join([]string{"/audit/put", strconv.Itoa(conns), strconv.Itoa(round), strconv.FormatInt(n, 10)}, "/")
				res, err := c.do(request{method: "PUT", path: path, body: body}, false)
				return want(res, err, 200)
			})
		}
	}
	for _, level := range []string{"changes", "all"} {
		for _, conns := range []int{1, 16, 64} {
			if err := b.turns("PUT 4 KiB, AUDIT_LOG="+level+" against off", conns, put(conns, level), put(conns, "off")); err != nil {
				return err
			}
			if err := b.turns("GET 4 KiB, AUDIT_LOG="+level+" against off", conns, get(conns, level), get(conns, "off")); err != nil {
				return err
			}
		}
	}
	return nil
}

// largePolicy is a policy of a bucket that is just under 20 KiB: ten statements with conditions on the tags of the object, of which the
// last allows what is asked and none denies it.
func largePolicy(bucket string) []byte {
	var statements []map[string]any
	for i := range 10 {
		values := []string{"bench"}
		for len(values) < 92 {
			values = append(values, fmt.Sprintf("department-%02d-%03d", i, len(values)))
		}
		effect := "Allow"
		if i%2 == 0 {
			effect, values = "Deny", values[1:]
		}
		tag := "team"
		if i < 9 && i%2 == 1 {
			tag = "unused" + strconv.Itoa(i)
		}
		statements = append(statements, map[string]any{
			"Sid": "statement" + strconv.Itoa(i), "Effect": effect, "Principal": "*", "Action": []string{"s3:GetObject", "s3:GetObjectVersion"},
			"Resource": "arn:aws:s3:::" + bucket + "/*", "Condition": map[string]any{"StringEquals": map[string]any{"s3:ExistingObjectTag/" + tag: values}},
		})
	}
	out, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
	fail(err)
	return out
}

func (b *bench) policy() error {
	c, err := dial(b.ours.addr)
	if err != nil {
		return err
	}
	defer c.close()
	body := payload(4 << 10)
	buckets := []string{"with-policy", "without-policy"}
	for _, bucket := range buckets {
		if err := makeBucket(b.ours, bucket); err != nil {
			return err
		}
		if _, err := load(b.ours, 32, time.Hour, warm, func(c *client, _ int, n int64) error {
			res, err := c.do(request{method: "PUT", path: "/" + bucket + "/" + strconv.FormatInt(n, 10), body: body, header: []string{"x-amz-tagging:team=bench"}}, false)
			return want(res, err, 200)
		}); err != nil {
			return err
		}
	}
	document := largePolicy(buckets[0])
	if len(document) > 20<<10 || len(document) < 18<<10 {
		return fmt.Errorf("the policy has %d bytes", len(document))
	}
	if _, err := c.must(request{method: "PUT", path: "/" + buckets[0], query: "policy=", body: document}, 204); err != nil {
		return err
	}
	if err := flush(b.ours); err != nil {
		return err
	}
	get := func(conns int, bucket string) func(int) (result, error) {
		return func(int) (result, error) {
			return load(b.ours, conns, b.slice, 0, func(c *client, _ int, n int64) error {
				res, err := c.do(request{method: "GET", path: "/" + bucket + "/" + strconv.FormatInt(n*7919%warm, 10)}, false)
				return want(res, err, 200)
			})
		}
	}
	for _, conns := range []int{1, 16, 64} {
		if err := b.turns(fmt.Sprintf("GET 4 KiB with a policy of %d bytes", len(document)), conns, get(conns, buckets[0]), get(conns, buckets[1])); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) amended() error {
	c, err := dial(b.ours.addr)
	if err != nil {
		return err
	}
	defer c.close()
	const bucket = "locked"
	if _, err := c.must(request{method: "PUT", path: "/" + bucket, header: []string{"x-amz-bucket-object-lock-enabled:true"}}, 200); err != nil {
		return err
	}
	body := payload(4 << 10)
	plain := []string{"x-amz-checksum-crc32:" + base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(body)))} // S3 wants one beside a lock
	header := append([]string{
		"x-amz-tagging:team=bench&project=speed", "x-amz-acl:public-read", "x-amz-object-lock-mode:GOVERNANCE",
		"x-amz-object-lock-retain-until-date:" + time.Now().Add(24*time.Hour).UTC().Format(time.RFC3339), "x-amz-object-lock-legal-hold:ON",
	}, plain...)

	put := func(conns int, kind string, header []string) func(int) (result, error) {
		return func(round int) (result, error) {
			return load(b.ours, conns, b.slice, 0, func(c *client, _ int, n int64) error {
				path := strings.Join([]string{"", bucket, kind, strconv.Itoa(conns), strconv.Itoa(round), strconv.FormatInt(n, 10)}, "/")
				res, err := c.do(request{method: "PUT", path: path, body: body, header: header}, false)
				return want(res, err, 200)
			})
		}
	}
	for _, conns := range []int{1, 16, 64} {
		if err := b.turns("PUT 4 KiB with tags, ACL and lock", conns, put(conns, "with", header), put(conns, "without", plain)); err != nil {
			return err
		}
	}
	return nil
}
