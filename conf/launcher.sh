#!/bin/sh
# verstak-server, as it is installed: with its JVM flags, its configuration, and never as root on its data.
set -eu
root=$(dirname "$(readlink -f "$0")")/../..
lib=$root/usr/lib/verstak-server

if [ -z "${VERSTAK_CONFIG-}" ] && [ -e "$root/etc/verstak-server/verstak-server.json" ]; then
  export VERSTAK_CONFIG="$root/etc/verstak-server/verstak-server.json"
fi
# The options name an archive of classes by a path from where one stands: only the program's own folder is trusted with one.
set -- "${JAVA_HOME:+$JAVA_HOME/bin/}java" "@$lib/jvm.options" -XX:SharedArchiveFile="$lib/verstak-server.jsa" -jar "$lib/verstak-server.jar" "$@"
if [ "$(id -u)" = 0 ] && id verstak-server >/dev/null 2>&1; then
  set -- setpriv --reuid=verstak-server --regid=verstak-server --init-groups "$@"
fi
exec "$@"
