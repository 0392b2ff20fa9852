#!/usr/bin/env bash
# Installs verstak-server as a systemd service.
#   sudo scripts/install.sh [--jar FILE] [--public-url URL] [--listen HOST:PORT]    installs, starts, prints the setup link
#   sudo scripts/install.sh --upgrade [--jar FILE]     backs up, installs this release, goes back if it does not get ready
#   sudo scripts/install.sh --uninstall                removes the program; data, configuration and user stay
# DESTDIR puts everything below another root.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
root=${DESTDIR:-}
user=verstak-server
lib=$root/usr/lib/verstak-server
bin=$root/usr/bin/verstak-server
unit=$root/etc/systemd/system/verstak-server.service
etc=$root/etc/verstak-server
data=$root/var/lib/verstak-server
backups=$root/var/backups/verstak-server

die() { echo "install.sh: $*" >&2; exit 1; }

usage() { sed -n '2,6s/^# \{0,1\}//p' "$0"; }

action=install jar=$here/target/verstak-server.jar url='' listen=127.0.0.1:47732
while [ $# -gt 0 ]; do
  case $1 in
    --upgrade | --uninstall) action=${1#--} ;;
    --jar) jar=${2:?--jar needs a file}; shift ;;
    --public-url) url=${2:?--public-url needs a URL}; shift ;;
    --listen) listen=${2:?--listen needs HOST:PORT}; shift ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; die "unknown argument $1" ;;
  esac
  shift
done

[ "$(id -u)" = 0 ] || die "needs root"
command -v systemctl >/dev/null || die "needs systemd"

check_java() {
  local java=${JAVA_HOME:+$JAVA_HOME/bin/}java version
  command -v "$java" >/dev/null || die "Java 17 or newer is missing (Debian: apt-get install openjdk-17-jre-headless)"
  version=$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -1)
  [ "${version:-0}" -ge 17 ] || die "Java ${version:-of an unknown version} is too old; 17 or newer is needed"
}

put_program() {
  [ -f "$jar" ] || die "no $jar: build it with 'mvn package -DskipTests', or name one with --jar"
  install -d -m 0755 "$lib" "${bin%/*}" "${unit%/*}"
  install -m 0644 "$jar" "$lib/verstak-server.jar.new"
  mv "$lib/verstak-server.jar.new" "$lib/verstak-server.jar"
  install -m 0644 "$here/conf/jvm.options" "$lib/jvm.options"
  install -m 0755 "$here/conf/launcher.sh" "$bin"
  install -m 0644 "$here/verstak-server.service" "$unit"
  systemctl daemon-reload
}

put_user_and_settings() {
  getent passwd "$user" >/dev/null \
    || useradd --system --user-group --home-dir /var/lib/verstak-server --shell /usr/sbin/nologin "$user"
  install -d -m 0750 "$etc"
  install -d -m 0700 "$data"
  install -m 0644 "$here/conf/verstak-server.schema.json" "$etc/verstak-server.schema.json"
  if [ ! -e "$etc/verstak-server.json" ]; then
    cat >"$etc/verstak-server.json" <<EOF
{
  "\$schema": "./verstak-server.schema.json",
  "http": {"listen": "$listen", "publicUrl": "$url", "trustedProxies": ["127.0.0.1/32", "::1/128"]},
  "storage": {"dataDir": "$data"}
}
EOF
    chmod 0640 "$etc/verstak-server.json"
  fi
  chown -R "root:$user" "$etc"
  chown "$user:$user" "$data"
}

setup_link() {
  journalctl --unit verstak-server --boot --output cat --no-pager \
    | grep -o 'http[^ ]*/setup?token=[0-9a-f]*' | tail -1 || true
}

install_all() {
  [ ! -e "$bin" ] || die "is installed already; use --upgrade"
  check_java
  put_program
  put_user_and_settings
  "$bin" config check >/dev/null
  systemctl enable verstak-server
  # Returns once the server is ready: the unit waits for that.
  systemctl start verstak-server || die "the server did not get ready; see: journalctl -u verstak-server"
  echo "verstak-server runs; its settings are in $etc/verstak-server.json"
  local link
  link=$(setup_link)
  [ -z "$link" ] || echo "make the first administrator, once, within 48 hours: $link"
}

upgrade() {
  [ -e "$bin" ] || die "is not installed"
  check_java
  [ -f "$jar" ] || die "no $jar"
  local before
  before=$backups/$(date -u +%Y%m%dT%H%M%SZ)
  install -d -m 0700 "$before"
  chown "$user:$user" "$backups"
  "$bin" backup --to "$backups/full" --keep 2 || die "there is no backup, so nothing was changed"
  systemctl stop verstak-server
  # The program and the database as they were; blobs are only ever added, and stay as they are.
  cp -a "$lib" "$before/lib"
  cp -a "$bin" "$before/launcher"
  cp -a "$unit" "$before/unit"
  install -d -m 0700 "$before/data"
  cp -a --reflink=auto "$data"/server.db* "$before/data/"
  put_program
  if systemctl start verstak-server; then
    echo "upgraded; what was before lies in $before"
    return
  fi
  echo "install.sh: the new release did not get ready; going back" >&2
  systemctl stop verstak-server || true
  cp -a "$before/lib/." "$lib/"
  cp -a "$before/launcher" "$bin"
  cp -a "$before/unit" "$unit"
  rm -f "$data"/server.db*
  cp -a "$before"/data/* "$data/"
  systemctl daemon-reload
  systemctl start verstak-server || die "the release before does not get ready either; its data lies in $before"
  die "went back to the release before; see: journalctl -u verstak-server"
}

uninstall() {
  systemctl disable --now verstak-server || true
  rm -rf "$lib" "$bin" "$unit"
  systemctl daemon-reload
  echo "removed; $data, $etc and the user $user stay"
}

case $action in
  install) install_all ;;
  upgrade) upgrade ;;
  uninstall) uninstall ;;
esac
