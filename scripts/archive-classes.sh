#!/usr/bin/env bash
# Starts and stops the packaged server once, and keeps its classes as the JVM has read them: target/verstak-server.jsa, which
# conf/jvm.options names. Without it a start takes longer, and nothing else differs; so a build goes on when it cannot be made.
set -euo pipefail
cd "$(dirname "$0")/.."

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
archive=target/verstak-server.jsa
rm -f "$archive"
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
: > "$home/log"
mapfile -t options < <(grep '^-' conf/jvm.options | grep -v SharedArchiveFile)

VERSTAK_METRICS_LISTEN=127.0.0.1:0 "$java" "${options[@]}" -XX:ArchiveClassesAtExit="$archive" -jar target/verstak-server.jar \
  serve --data "$home/data" --listen 127.0.0.1:0 > "$home/log" 2>&1 &
server=$!
for _ in {1..300}; do
  grep -q 'listening on' "$home/log" && break
  kill -0 $server 2>/dev/null || break
  sleep 0.1
done
kill $server 2>/dev/null || true
wait $server || true
[ -s "$archive" ] || { echo "no class archive, starts take longer:" >&2; cat "$home/log" >&2; }
