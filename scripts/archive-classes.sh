#!/usr/bin/env bash
# archive-classes.sh [FOLDER]: starts the server of a folder once, opens its pages as an administrator and as a user, and keeps the
# classes as the JVM has read them: verstak-server.jsa beside verstak-server.jar. Without it a start and the first pages take longer,
# and nothing else differs; so a build or an installation goes on when it cannot be made.
# Without FOLDER it is target/ of this checkout, with conf/jvm.options.
set -euo pipefail
if [ $# -gt 0 ]; then
  cd "$1"
  options=jvm.options jar=$PWD/verstak-server.jar archive=$PWD/verstak-server.jsa
else
  cd "$(dirname "$0")/.."
  options=conf/jvm.options jar=target/verstak-server.jar archive=target/verstak-server.jsa
fi

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
rm -f "$archive"
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
as=()
if [ $# -gt 0 ] && [ "$(id -u)" = 0 ] && id verstak-server >/dev/null 2>&1; then
  as=(setpriv --reuid=verstak-server --regid=verstak-server --init-groups)
  chown verstak-server "$home"
fi
mapfile -t flags < <(grep '^-' "$options" | grep -v SharedArchiveFile)
password=$(head -c 18 /dev/urandom | base64 | tr '+/' 'ab')
token=$(printf '%064d' 0) # a form and its cookie show the same one

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
make_archive() {
  rm -rf "$home/data" "$home/classes"
  : > "$home/log"
  # Not the settings of the service: neither its file nor its variables.
  env -i PATH="$PATH" LANG="${LANG-}" VERSTAK_METRICS_LISTEN=127.0.0.1:0 "${as[@]}" "$java" "${flags[@]}" \
    -XX:ArchiveClassesAtExit="$home/classes" -XX:ErrorFile="$home/crash" -jar "$jar" \
    serve --data "$home/data" --listen 127.0.0.1:0 --admin-user root --admin-pass-stdin > "$home/log" 2>&1 <<< "$password" &
  local server=$! session=
  for _ in {1..600}; do
    grep -q 'listening on' "$home/log" && break
    kill -0 $server 2>/dev/null || break
    sleep 0.1
  done
  port=$(sed -n 's/.*listening on http:[^ ]*:\([0-9]*\) .*/\1/p' "$home/log")
  (visit) || echo "not all pages could be visited" >&2
  kill $server 2>/dev/null || true
  wait $server 2>/dev/null || true
  [ -s "$home/classes" ]
}

# The JVM now and then crashes while it writes one.
for _ in 1 2 3; do
  if make_archive; then
    install -m 0444 "$home/classes" "$archive"
    exit
  fi
done
echo "no class archive, starts take longer:" >&2
cat "$home/log" >&2
