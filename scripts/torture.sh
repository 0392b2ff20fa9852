#!/usr/bin/env bash
# Kills, power cuts, full and failing disks under load; as root, since it mounts disks and traces the server.
#   scripts/torture.sh [--short | --long]     the short form is part of every build; figures go to target/torture.txt
set -euo pipefail
cd "$(dirname "$0")/.."

form=short
case "${1:---short}" in
  --short) ;;
  --long) form=long ;;
  *) echo "usage: scripts/torture.sh [--short | --long]" >&2; exit 2 ;;
esac
rm -f target/torture.txt
mvn -B verify -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false -Dit.test='*TortureIT' -Dtorture="$form"
cat target/torture.txt
