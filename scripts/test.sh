#!/usr/bin/env bash
# Builds the server and runs every check and test. The pages are tried in Debian's Chromium, which root gets installed.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v chromium >/dev/null && [ "$(id -u)" = 0 ]; then
  apt-get update -q && apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core
fi
exec mvn -B verify -Dbuild.commit="$(git rev-parse --short HEAD 2>/dev/null || echo unknown)" "$@"
