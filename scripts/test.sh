#!/usr/bin/env bash
# Builds the server and runs every check and test.
set -euo pipefail
cd "$(dirname "$0")/.."
exec mvn -B verify -Dbuild.commit="$(git rev-parse --short HEAD 2>/dev/null || echo unknown)" "$@"
