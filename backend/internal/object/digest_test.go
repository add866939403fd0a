package object

import "crypto/md5"

func md5Of(p []byte) [16]byte { return md5.Sum(p) }
