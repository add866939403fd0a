#!/bin/sh
# Makes a tree of many small files, some with awkward names, and a few large ones: tree.sh <folder> <number of files>
set -eu
mkdir -p "$1"
cd "$1"
awk -v n="$2" 'BEGIN {
	srand(7)
	for (d = 0; d < 60; d++) system("mkdir -p dir" d "/sub" d % 7)
	for (i = 0; i < n; i++) {
		file = "dir" i % 60 "/" (i % 3 ? "" : "sub" i % 60 % 7 "/") "file-" i ".txt"
		lines = int(rand() * rand() * rand() * 400)
		printf "" > file
		for (l = 0; l < lines; l++) printf "%d %d line of a file\n", i, l > file
		close(file)
	}
}'
mkdir -p "with space/and + plus" 'a&b=c' 'ünïcödé/日本語'
echo 1 >'with space/and + plus/100%.txt'
echo 2 >'with space/q?uestion#hash.txt'
echo 3 >'a&b=c/semi;colon,comma.txt'
echo 4 >'ünïcödé/日本語/emoji 😀.txt'
echo 5 >"quote's (paren) [x] {y} ~tilde!.txt"
: >empty
find . -type d -empty -delete
dd if=/dev/urandom of=large.bin bs=1048576 count=30 2>/dev/null
dd if=/dev/urandom of=medium.bin bs=1048576 count=9 2>/dev/null
