#!/usr/bin/env bash
# Kills, power cuts, full and failing disks under load; as root, since it mounts disks and traces the server.
#   scripts/torture.sh [--short | --long | --nodes] [TortureIT …]   the short form is part of every build; figures go to target/torture.txt
# The long form takes about an hour, --nodes (the long form of what several nodes go through) half of one. Both tell how far they are.
# Begun again, they leave out rounds that target/torture says are done.
# So that the time goes into cuts and not into starts, its servers run with the first compiler only.
set -euo pipefail
cd "$(dirname "$0")/.."

form=short
nodes=NodesTortureIT,FailoverTortureIT,ObjectsTortureIT
all="*TortureIT"
case "${1:---short}" in
  --short) ;;
  --long) form=long all="*TortureIT,!${nodes//,/,!}" ;;
  --nodes) form=long all=$nodes ;;
  *) echo "usage: scripts/torture.sh [--short | --long | --nodes] [TortureIT ...]" >&2; exit 2 ;;
esac
tests="$(IFS=,; echo "${*:2}")"

[ $form = long ] && [ -d target/torture ] || rm -f target/torture.txt
mvn -B package -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false
[ $form = short ] || export JAVA_TOOL_OPTIONS=-XX:TieredStopAtLevel=1
echo "$form, $(git rev-parse --short HEAD 2>/dev/null || echo unknown), $(nproc) processors, Linux $(uname -r), $(date -u +%FT%TZ)" >> target/torture.txt
mvn -B failsafe:integration-test failsafe:verify -Dit.test="${tests:-$all}" -Dtorture="$form"
cat target/torture.txt
