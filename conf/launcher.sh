#!/bin/sh
# verstak-server, as it is installed: with its JVM flags and its configuration, and never as root on its data.
set -eu
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
root=${root%/}
lib=$root/usr/lib/verstak-server
etc=$root/etc/verstak-server

# Not the installed server's business: its settings and its data are not asked for.
own=${VERSTAK_CONFIG-}
for argument; do
  case $argument in
    --config | --config=* | --data | --data=* | --help | -h | --version | -V | help) own=yes ;;
  esac
done
if [ -z "$own" ] && [ "$(id -u)" != 0 ] && [ -d "$etc" ] && [ ! -x "$etc" ]; then
  echo "verstak-server: only root and the user verstak-server may read the settings of the installed server; use: sudo verstak-server $*" >&2
  exit 1
fi
if [ -z "${VERSTAK_CONFIG-}" ] && [ -r "$etc/verstak-server.json" ]; then
  export VERSTAK_CONFIG="$etc/verstak-server.json"
fi
# Paths and names in any script, whatever the locale.
case "${LC_ALL:-${LC_CTYPE:-${LANG:-}}}" in
  *UTF-8* | *utf8*) ;;
  *) export LC_ALL=C.UTF-8 ;;
esac
command=${1-}
# The options name an archive of classes by a path from the working directory: only the program's own folder is trusted with one.
set -- "${JAVA_HOME:+$JAVA_HOME/bin/}java" "@$lib/jvm.options" -XX:SharedArchiveFile="$lib/verstak-server.jsa" \
  -jar "$lib/verstak-server.jar" "$@"
as_service() {
  setpriv --reuid=verstak-server --regid=verstak-server --init-groups "$@"
}

# Reads what only root or another user may read, and writes as the service's user.
reading_all() {
  read_all="--inh-caps=+dac_read_search --ambient-caps=+dac_read_search"
  # A container may not have this right to give.
  as_service $read_all true 2>/dev/null || read_all=
  as_service $read_all "$@"
}

# Whether an import is for the installed server: into its data directory, and with no word on where the settings go.
is_for_service() {
  data='' before=''
  for argument; do
    case $argument in
      --config | --config=* | --config-out | --config-out=*) return 1 ;;
      --data=*) data=${argument#*=} ;;
    esac
    [ "$before" != --data ] || data=$argument
    before=$argument
  done
  [ -n "$data" ] && [ "${VERSTAK_CONFIG-}" = "$etc/verstak-server.json" ] || return 1
  configured=$("$0" config folders | head -n 1)
  [ -n "$configured" ] && [ "$(realpath -m -- "$data")" = "$(realpath -m -- "$configured")" ]
}

# Puts the imported settings where the service reads them.
import_for_service() {
  out=$(mktemp -d)
  trap 'rm -rf "$out"' EXIT
  chown verstak-server "$out"
  code=0
  reading_all "$@" --config-out "$out/verstak-server.json" || code=$?
  # From here on the service's user changes nothing in it.
  chown root "$out"
  if { [ $code = 0 ] || [ $code = 3 ]; } && [ -s "$out/verstak-server.json" ]; then
    if [ -L "$out/verstak-server.json" ]; then
      echo "verstak-server: the imported settings are a symbolic link, and were not put in place" >&2
      exit 1
    fi
    before=$VERSTAK_CONFIG.before-import
    [ ! -e "$before" ] || before=$before.$(date -u +%Y%m%dT%H%M%SZ)
    cp -p "$VERSTAK_CONFIG" "$before"
    install -m 0640 -o root -g verstak-server "$out/verstak-server.json" "$VERSTAK_CONFIG"
    echo "$VERSTAK_CONFIG now has the imported settings; the file before is $before" >&2
  fi
  exit $code
}

if [ "$(id -u)" = 0 ] && id verstak-server >/dev/null 2>&1; then
  case $command in
    import)
      if is_for_service "$@"; then import_for_service "$@"; fi
      reading_all "$@"
      exit ;;
    restore) reading_all "$@"; exit ;;
  esac
  set -- setpriv --reuid=verstak-server --regid=verstak-server --init-groups "$@"
fi
exec "$@"
