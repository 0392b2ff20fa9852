#!/usr/bin/env bash
# Installs verstak-server as a systemd service.
#   sudo scripts/install.sh [--public-url URL] [--listen HOST:PORT]   installs, starts, and prints the setup link
#   sudo scripts/install.sh --no-start ...   installs without starting, for an import or a restore
#   sudo scripts/install.sh --upgrade        takes a backup, installs this release, rolls back if it does not start
#   sudo scripts/install.sh --uninstall      removes the program; data, backups, configuration and user stay
#   --jar FILE                               installs this jar instead of target/verstak-server.jar
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
user=verstak-server
lib=/usr/lib/verstak-server
bin=/usr/bin/verstak-server
configure=/usr/sbin/verstak-server-configure
unit=/etc/systemd/system/verstak-server.service
etc=/etc/verstak-server
config=$etc/verstak-server.json
backups=/var/backups/verstak-server
upgrades=/var/backups/verstak-server-upgrades
kept_upgrades=2

die() { echo "install.sh: $*" >&2; exit 1; }

usage() { sed -n '2,7s/^# \{0,1\}//p' "$0"; }

new='' before='' data='' was='' changed='' action=install jar=$here/target/verstak-server.jar url='' listen='' start=yes
while [ $# -gt 0 ]; do
  case $1 in
    --upgrade | --uninstall) action=${1#--} ;;
    --no-start) start=no ;;
    --jar | --public-url | --listen)
      [ $# -gt 1 ] || die "$1 needs a value; see --help"
      case $1 in
        --jar) jar=$2 ;;
        --public-url) url=$2 ;;
        --listen) listen=$2 ;;
      esac
      shift ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; die "unknown argument $1" ;;
  esac
  shift
done

[ "$(id -u)" = 0 ] || die "needs root; use: sudo scripts/install.sh"
[ -d /run/systemd/system ] || die "needs a machine that runs systemd"

java() { command "${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:TieredStopAtLevel=1 "$@"; }

check_java() {
  local version
  command -v "${JAVA_HOME:+$JAVA_HOME/bin/}java" >/dev/null ||
    die "Java 17 or newer is missing (Debian: apt-get install openjdk-17-jre-headless)"
  version=$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -1)
  [ "${version:-0}" -ge 17 ] || die "Java ${version:-of an unknown version} is too old; 17 or newer is needed"
}

check_jar() {
  [ -f "$jar" ] || die "there is no $jar: build it with 'mvn package -DskipTests', or name a jar with --jar"
  java -jar "$jar" --version >/dev/null 2>&1 || die "$jar is not a release of verstak-server"
}

# Units of this name that another program has installed, such as the Go server, are not touched.
check_unit() {
  local found
  for found in /etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system /lib/systemd/system; do
    found=$found/verstak-server.service
    if [ -f "$found" ] && ! grep -Eq '^(X-VerstakServer=|ExecStart=/usr/bin/verstak-server serve$)' "$found"; then
      die "$found belongs to another program and was left as it is. If it is the Go server's, rename it first
(see src/docs/migration.md):
  systemctl disable --now verstak-server
  mv $found /etc/systemd/system/verstak-sync-server.service
  systemctl daemon-reload"
    fi
  done
  ! dpkg-query --show --showformat='${Status}' verstak-server 2>/dev/null | grep -q ' installed$' ||
    die "verstak-server is installed as a Debian package; upgrade it with: apt install ./target/verstak-server.deb"
}

# What the configuration will be, checked by the release that will read it.
check_config() { # FILE
  local said check=check
  # Until it is started, another server may listen on its port.
  [ "$start" = yes ] || check=folders
  said=$(VERSTAK_CONFIG='' java -jar "$jar" config $check --config "$1" 2>&1) || die "nothing was changed: ${said//$1/$config}"
}

write_config() { # FILE; what nobody has named stays open for an import
  cat >"$1" <<EOF
{
  "\$schema": "./verstak-server.schema.json",
  "http": {${listen:+"\"listen\": \"$listen\", "}${url:+"\"publicUrl\": \"$url\", "}"trustedProxies": ["127.0.0.1/32", "::1/128"]},
  "storage": {"dataDir": "/var/lib/verstak-server"}
}
EOF
}

# A configuration that stays must say what the arguments say.
check_kept() { # KEY VALUE OPTION
  [ -z "$2" ] || VERSTAK_CONFIG='' java -jar "$jar" config show --config "$config" | grep -Eq "^$1 +$2 " ||
    die "nothing was changed: $config is kept, and its $1 is not $2. Change it there, and leave $3 out"
}

# Each step only after the one before: an upgrade rolls back as soon as one fails.
put_program() {
  install -d -m 0755 "$lib" &&
    install -m 0644 "$jar" "$lib/verstak-server.jar.new" &&
    mv "$lib/verstak-server.jar.new" "$lib/verstak-server.jar" &&
    install -m 0644 "$here/conf/jvm.options" "$lib/jvm.options" &&
    install -m 0755 "$here/scripts/archive-classes.sh" "$lib/archive-classes.sh" &&
    install -m 0755 "$here/conf/launcher.sh" "$bin" &&
    install -m 0755 "$here/conf/configure.sh" "$configure" &&
    install -m 0644 "$here/verstak-server.service" "$unit" &&
    "$lib/archive-classes.sh" "$lib" &&
    systemctl daemon-reload
}

remove_program() {
  systemctl disable --now verstak-server 2>/dev/null || true
  rm -rf "$lib" "$bin" "$configure" "$unit" "$unit.d/folders.conf"
  # Drop-ins of the operator's own stay.
  [ ! -d "$unit.d" ] || rmdir --ignore-fail-on-non-empty "$unit.d"
  systemctl daemon-reload
  systemctl reset-failed verstak-server 2>/dev/null || true
}

put_user() {
  getent passwd "$user" >/dev/null ||
    useradd --system --user-group --home-dir /var/lib/verstak-server --shell /usr/sbin/nologin "$user"
  install -d -m 0700 -o "$user" -g "$user" /var/lib/verstak-server
}

put_config() { # [FILE]; without one, the configuration that is there stays
  install -d -m 0750 -o root -g "$user" "$etc" &&
    install -m 0644 -o root -g "$user" "$here/conf/verstak-server.schema.json" "$etc/verstak-server.schema.json" &&
    if [ -n "${1-}" ]; then
      install -m 0640 -o root -g "$user" "$1" "$config"
    else
      chown "root:$user" "$config" && chmod 0640 "$config"
    fi
}

why() { # what the service has said for itself since a cursor of the journal
  journalctl --unit verstak-server --after-cursor "$1" --output cat --no-pager | grep -v '^verstak-server.service: ' | tail -15
}

cursor() { journalctl --lines 0 --show-cursor --quiet --no-pager | sed -n 's/^-- cursor: //p'; }

# Returns once the server is ready. One that fails is not tried again.
start_service() {
  local from
  from=$(cursor)
  # Not a bare return: in a trap that means how the script ended before.
  systemctl start verstak-server 2>/dev/null && return 0
  systemctl stop verstak-server 2>/dev/null || true
  echo "install.sh: the server does not start:" >&2
  why "$from" >&2
  return 1
}

setup_link() {
  journalctl --unit verstak-server --boot --output cat --no-pager | grep -o 'http[^ ]*/setup?token=[0-9a-f]*' | tail -1 || true
}

# However the script ends from here on, by an error or a signal, a function has the last word.
on_end() { # FUNCTION
  trap "trap '' INT TERM HUP PIPE; set +e; $1" EXIT
  trap 'exit 1' INT TERM HUP
}

undo_install() {
  remove_program
  if [ -n "$new" ]; then
    rm -f "$new" "$config" "$etc/verstak-server.schema.json"
    rmdir --ignore-fail-on-non-empty "$etc"
  fi
  rmdir --ignore-fail-on-non-empty /var/lib/verstak-server
  die "nothing was installed"
}

install_all() {
  [ ! -e "$bin" ] || die "verstak-server is installed already; use --upgrade"
  check_java
  check_unit
  check_jar
  local link
  if [ -e "$config" ]; then
    check_config "$config"
    check_kept http.publicUrl "$url" --public-url
    check_kept http.listen "$listen" --listen
  else
    new=$(mktemp)
    trap 'rm -f "$new"' EXIT
    write_config "$new"
    check_config "$new"
  fi
  put_user
  on_end undo_install
  put_config "$new" && put_program && "$configure" && { [ "$start" = no ] || start_service; } || exit 1
  trap - EXIT INT TERM HUP
  [ -z "$new" ] || rm -f "$new"
  if [ "$start" = no ]; then
    echo "verstak-server is installed and not started; its settings are in $config"
    echo "start it with: systemctl enable --now verstak-server"
    return
  fi
  systemctl enable --quiet verstak-server
  echo "verstak-server runs; its settings are in $config"
  link=$(setup_link)
  [ -z "$link" ] || echo "create the first administrator within 48 hours; the link works once: $link"
}

roll_back() {
  systemctl stop verstak-server
  rm -rf "$lib" "$configure" && cp -a "$before/lib" "$lib" && cp -a "$before/launcher" "$bin" && cp -a "$before/unit" "$unit" &&
    { [ ! -e "$before/configure" ] || cp -a "$before/configure" "$configure"; } &&
    { [ ! -e "$before/schema" ] || cp -a "$before/schema" "$etc/verstak-server.schema.json"; } &&
    { [ ! -d "$before/data" ] || { rm -f "$data"/server.db* && cp -a --remove-destination "$before"/data/* "$data/"; }; } &&
    systemctl daemon-reload
}

undo_upgrade() {
  rm -rf "$before/data.part"
  if [ -n "$changed" ]; then
    echo "install.sh: rolling back" >&2
    roll_back || die "the release before cannot be put back; its program and database are in $before"
  fi
  systemctl reset-failed verstak-server 2>/dev/null
  if [ "$was" = active ]; then
    start_service || die "the release before does not start either; its program and database are in $before"
  fi
  rm -rf "$before"
  die "rolled back to the release before, which runs as it did"
}

upgrade() {
  [ -e "$bin" ] || die "verstak-server is not installed"
  check_java
  check_unit
  check_jar
  check_config "$config"
  data=$(VERSTAK_CONFIG='' java -jar "$jar" config folders --config "$config" | head -1)
  was=$(systemctl is-active verstak-server || true)
  install -d -m 0700 -o "$user" -g "$user" "$backups"
  if [ -e "$data/server.db" ]; then
    "$bin" backup --to "$backups/full" --keep "$kept_upgrades" || die "there is no backup, so nothing was changed"
  fi
  # Root's own: nobody else puts a link where it writes.
  install -d -m 0700 -o root -g root "$upgrades"
  before=$(mktemp -d "$upgrades/$(date -u +%Y%m%dT%H%M%SZ).XXXXXX")
  trap 'rm -rf "$before"' EXIT
  # The program and the database as they were; blobs are only ever added, and stay as they are.
  cp -a "$lib" "$before/lib"
  cp -a "$bin" "$before/launcher"
  cp -a "$unit" "$before/unit"
  [ ! -e "$etc/verstak-server.schema.json" ] || cp -a "$etc/verstak-server.schema.json" "$before/schema"
  [ ! -e "$configure" ] || cp -a "$configure" "$before/configure"
  on_end undo_upgrade
  systemctl stop verstak-server
  if [ -e "$data/server.db" ]; then
    # It has its name when it is whole: no part of one is ever put back.
    mkdir "$before/data.part"
    cp -a --reflink=auto "$data"/server.db* "$before/data.part/"
    mv "$before/data.part" "$before/data"
  fi
  changed=yes
  put_program && put_config && "$configure" || exit 1
  # Once it starts, the new release accepts changes: only a start that fails is undone.
  trap '' INT TERM HUP
  [ "$was" != active ] || start_service || exit 1
  trap - EXIT INT TERM HUP
  # The folders of upgrades before the last ones.
  find "$upgrades" -mindepth 1 -maxdepth 1 -type d -name '20*' | sort | head -n "-$kept_upgrades" | xargs -r rm -rf
  echo "upgraded; the release before and its database are in $before"
}

uninstall() {
  check_unit
  remove_program
  echo "removed; the data (/var/lib/verstak-server, unless storage.dataDir names another folder), $backups, $upgrades, $etc and the user $user stay"
}

case $action in
  install) install_all ;;
  upgrade) upgrade ;;
  uninstall) uninstall ;;
esac
