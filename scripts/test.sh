#!/usr/bin/env bash
# Builds the server and runs every check and test. What they drive besides it comes from Debian, which root gets installed.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(caddy chromium debootstrap e2fsprogs fonts-dejavu-core libfaketime nginx openssl perl strace systemd systemd-container)
mapfile -t missing < <(for package in "${packages[@]}"; do dpkg -s "$package" >/dev/null 2>&1 || echo "$package"; done)
command -v npm >/dev/null || missing+=(npm) # it comes with Node where that is not Debian's
if [ ${#missing[@]} -gt 0 ] && [ "$(id -u)" = 0 ]; then
  apt-get -q update
  DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends "${missing[@]}"
fi

exec mvn -B verify -Dbuild.commit="$(git rev-parse --short HEAD 2>/dev/null || echo unknown)" "$@"
