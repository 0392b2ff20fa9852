#!/usr/bin/env bash
# Starts the packaged server once, opens its pages as an administrator and as a user, and keeps the classes as the JVM has read
# them: target/verstak-server.jsa, which conf/jvm.options names. Without it a start and the first pages take longer, and nothing
# else differs; so a build goes on when it cannot be made.
set -euo pipefail
cd "$(dirname "$0")/.."

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
archive=target/verstak-server.jsa
rm -f "$archive"
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
: > "$home/log"
mapfile -t options < <(grep '^-' conf/jvm.options | grep -v SharedArchiveFile)
password=$(head -c 18 /dev/urandom | base64 | tr '+/' 'ab')
token=$(printf '%064d' 0) # a form and its cookie show the same one

VERSTAK_METRICS_LISTEN=127.0.0.1:0 "$java" "${options[@]}" -XX:ArchiveClassesAtExit="$archive" -jar target/verstak-server.jar \
  serve --data "$home/data" --listen 127.0.0.1:0 --admin-user root --admin-pass-stdin > "$home/log" 2>&1 <<< "$password" &
server=$!
for _ in {1..300}; do
  grep -q 'listening on' "$home/log" && break
  kill -0 $server 2>/dev/null || break
  sleep 0.1
done
port=$(sed -n 's/.*listening on http:[^ ]*:\([0-9]*\) .*/\1/p' "$home/log")

ask() { # METHOD PATH [FORM]; answers are of no interest but for the session
  local form=${3:+$3&csrf_token=$token}
  exec 3<> "/dev/tcp/127.0.0.1/$port"
  printf '%s\r\n' "$1 $2 HTTP/1.1" "Host: 127.0.0.1:$port" "Cookie: csrf_token=$token; ${session:-}" "Accept-Encoding: gzip" \
    "Connection: close" "Content-Type: application/x-www-form-urlencoded" "Content-Length: ${#form}" "" >&3
  printf '%s' "$form" >&3
  timeout 30 cat <&3 | tr -d '\0\r' > "$home/answer"
  exec 3>&-
  session=$(sed -n 's/^set-cookie: *\([a-z]*_session=[^;]*\).*/\1/Ip' "$home/answer" | grep . || echo "${session:-}")
}
visit() {
  for path in / /login /register /forgot /admin/login; do ask GET $path; done
  ask POST /admin/login "username=root&password=$password"
  ask POST /admin/create-user "username=anna&email=anna@example.org&new_password=$password"
  for path in dashboard users devices vaults storage audit outbox invitations settings diagnostics api/stats api/users; do
    ask GET /admin/$path
  done
  ask POST /login "username=anna&password=$password"
  ask GET /dashboard
  ask GET /account
}
(visit) || echo "not all pages could be visited" >&2

kill $server 2>/dev/null || true
wait $server || true
[ -s "$archive" ] || { echo "no class archive, starts take longer:" >&2; cat "$home/log" >&2; }
