#!/bin/sh
# verstak-server, as it is installed: with its JVM flags, its configuration, and never as root on its data.
set -eu
root=$(dirname "$(readlink -f "$0")")/../..
lib=$root/usr/lib/verstak-server

if [ -z "${VERSTAK_CONFIG-}" ] && [ -e "$root/etc/verstak-server/verstak-server.json" ]; then
  export VERSTAK_CONFIG="$root/etc/verstak-server/verstak-server.json"
fi
command=${1-}
# The options name an archive of classes by a path from where one stands: only the program's own folder is trusted with one.
set -- "${JAVA_HOME:+$JAVA_HOME/bin/}java" "@$lib/jvm.options" -XX:SharedArchiveFile="$lib/verstak-server.jsa" -jar "$lib/verstak-server.jar" "$@"
as_service() {
  setpriv --reuid=verstak-server --regid=verstak-server --init-groups "$@"
}

# Reads the folder of another user, and writes as the service's user; then puts the imported settings where the service reads them.
import_as_root() {
  read_all="--inh-caps=+dac_read_search --ambient-caps=+dac_read_search"
  # A container may not have this right to give.
  as_service $read_all true 2>/dev/null || read_all=
  out=$(mktemp -d)
  trap 'rm -rf "$out"' EXIT
  chown verstak-server "$out"
  code=0
  [ -z "${VERSTAK_CONFIG-}" ] || set -- "$@" --config-out "$out/verstak-server.json"
  as_service $read_all "$@" || code=$?
  if [ -s "$out/verstak-server.json" ] && [ -e "${VERSTAK_CONFIG-}" ]; then
    cp -p "$VERSTAK_CONFIG" "$VERSTAK_CONFIG.before-import"
    install -m 0640 -o root -g verstak-server "$out/verstak-server.json" "$VERSTAK_CONFIG"
    echo "$VERSTAK_CONFIG now has the imported settings; the file before is $VERSTAK_CONFIG.before-import" >&2
  fi
  exit "$code"
}

if [ "$(id -u)" = 0 ] && id verstak-server >/dev/null 2>&1; then
  [ "$command" != import ] || import_as_root "$@"
  set -- setpriv --reuid=verstak-server --regid=verstak-server --init-groups "$@"
fi
exec "$@"
