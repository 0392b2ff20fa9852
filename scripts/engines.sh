#!/usr/bin/env bash
# Runs the whole socket suite on PostgreSQL and S3Mock: what each build runs of it there, and the rest of accounts, sign-in, pages, mails,
# live events, resumable uploads and the protocol; but for browsers, which see the same pages. For a nightly run, of about ten minutes.
#   scripts/engines.sh [arguments of Maven]   reports go to target/surefire-reports
# It ends what it starts. PostgreSQL and S3Mock come from Maven; nothing has to be installed or to run.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(account admin audit auth/limit blob files http maintenance mail metrics protocol sync vault)
tests=$(printf '**/server/%s/**/*Test,' "${packages[@]}")
mvn -B test -Dtest="$tests!**/*InBrowserTest,!**/*ScreensTest" -Dverstak.test.engine=postgresql -DexcludedGroups=one-engine "$@"
