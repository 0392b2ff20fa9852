#!/bin/sh
# verstak-server-configure: prepares the installed service for its configuration. Run it after a change of storage.dataDir or
# storage.backup.directory, then restart the service.
#
# It makes these folders for the service's user, and writes a drop-in that lets the unit write to them: everything else of the
# machine is read-only for the service.
set -eu
user=verstak-server
drop_in=/etc/systemd/system/verstak-server.service.d/folders.conf

die() { echo "verstak-server-configure: $*" >&2; exit 1; }

case ${1-} in
  '') ;;
  --help | -h) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) die "takes no arguments; see --help" ;;
esac
[ "$(id -u)" = 0 ] || die "needs root; use: sudo verstak-server-configure"

folders=$(verstak-server config folders) || exit 1
new=$(mktemp)
trap 'rm -f "$new"' EXIT
{
  echo "# Written by verstak-server-configure from the configuration; changes are lost."
  echo "[Unit]"
  echo "RequiresMountsFor=\"$(echo "$folders" | head -n 1 | sed 's/[\\"]/\\&/g; s/%/%%/g')\""
  echo "[Service]"
} >"$new"
# The folders that ProtectHome= of the unit hides (systemd.exec).
home=no
while IFS= read -r folder; do
  case $folder in
    /tmp | /tmp/* | /var/tmp | /var/tmp/* | /dev/* | /proc/* | /sys/* | /run/*)
      die "$folder: the service cannot keep anything there; choose another folder in the configuration" ;;
    /home/* | /root/* | /run/user/*) home=yes ;;
    /*) ;;
    *) die "$folder: must be an absolute path for a service; change it in the configuration" ;;
  esac
  if [ ! -e "$folder" ]; then
    [ -d "$(dirname "$folder")" ] || die "$folder: $(dirname "$folder") does not exist; make it, or mount its disk, first"
    install -d -m 0700 -o "$user" -g "$user" "$folder"
  fi
  setpriv --reuid="$user" --regid="$user" --init-groups test -w "$folder" -a -x "$folder" ||
    die "$folder: the user $user may not write there; use: chown $user:$user '$folder'"
  # With the minus, a disk that is not mounted does not keep the service from starting.
  echo "ReadWritePaths=\"-$(echo "$folder" | sed 's/[\\"]/\\&/g; s/%/%%/g')\"" >>"$new"
done <<EOF
$folders
EOF
[ $home = no ] || echo "ProtectHome=read-only" >>"$new"
if ! cmp -s "$new" "$drop_in"; then
  install -d "${drop_in%/*}"
  install -m 0644 "$new" "$drop_in"
fi
systemctl daemon-reload
