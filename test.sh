#!/bin/sh
# Every test, or the stages named: test.sh [lint|unit|package|spark|s3|hdfs|rehearsal|jar …]. Installs what it needs.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
MAYFLY_DEV=tools/test.ts exec "$here/mayfly" "$@"
