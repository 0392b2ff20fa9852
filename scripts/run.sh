#!/usr/bin/env bash
# Builds what is stale and runs the server's command line. Without a command it serves on 127.0.0.1:47732, with a fresh data
# directory unless --data, --config or VERSTAK_STORAGE_DATA_DIR name one; any other command gets its arguments as they are.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd) # paths among the arguments are the caller's

jar=$here/target/verstak-server.jar
if [ ! -f "$jar" ] || [ -n "$(find "$here/pom.xml" "$here/src/main" -newer "$jar" -print -quit)" ]; then
  echo "building target/verstak-server.jar; the first time takes some minutes" >&2
  (cd "$here" && mvn -B -q package -Dmaven.test.skip=true -Dbuild.commit="$(git rev-parse --short HEAD 2>/dev/null || echo unknown)") >&2
fi

# Paths and names in any script, whatever the locale.
case "${LC_ALL:-${LC_CTYPE:-${LANG:-}}}" in
  *UTF-8* | *utf8*) ;;
  *) export LC_ALL=C.UTF-8 ;;
esac

serves=yes
case "${1-}" in
  "" | serve | -*) ;;
  *) serves=no ;;
esac
for word in "$@"; do
  case "$word" in
    -h | --help | -V | --version | --data | --data=* | --config | --config=*) serves=no ;;
  esac
done
if [ "$serves" = yes ] && [ -z "${VERSTAK_STORAGE_DATA_DIR-}${VERSTAK_CONFIG-}" ]; then
  set -- "$@" --data "$(mktemp -d -t verstak-data-XXXXXX)"
fi
exec java "@$here/conf/jvm.options" -XX:SharedArchiveFile="$here/target/verstak-server.jsa" -jar "$jar" "$@"
