#!/usr/bin/env bash
# Builds the server and runs every check and test. Needs root on Debian 12 or newer: it installs what the tests drive, and they
# mount disks, boot a system in a container and trace processes. Arguments go to Maven.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "scripts/test.sh needs root on Debian (sudo scripts/test.sh): it installs packages, mounts disks and boots a container." >&2
  echo "For a part of the tests, without root: mvn test -Dtest=PullTest,PushRetryTest" >&2
  exit 1
fi

packages=(buildah caddy chromium debootstrap e2fsprogs fonts-dejavu-core git libfaketime lintian maven nginx openjdk-17-jdk-headless
  openssl perl pgbouncer postgresql prometheus strace systemd systemd-container)
command -v npm >/dev/null || packages+=(npm) # it comes with Node where that is not Debian's
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  policy=/usr/sbin/policy-rc.d # nginx, Caddy, PostgreSQL and Prometheus are installed, not started: the tests start their own
  [ -e $policy ] || { trap 'rm -f $policy' EXIT && printf '#!/bin/sh\nexit 101\n' >$policy && chmod 0755 $policy; }
  apt-get -q update
  apt-get -qy install --no-install-recommends "${missing[@]}"
fi

mvn -B verify -Dbuild.commit="$(git rev-parse --short HEAD 2>/dev/null || echo unknown)" "$@"
