#!/usr/bin/env bash
# Builds what is stale and serves on 127.0.0.1:47732, with a fresh data directory unless --data names one.
set -euo pipefail
cd "$(dirname "$0")/.."

jar=target/verstak-server.jar
if [ ! -f "$jar" ] || [ -n "$(find pom.xml src/main -newer "$jar" -print -quit)" ]; then
  echo "building $jar"
  mvn -B -q package -DskipTests -Dbuild.commit="$(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
fi

data=()
case " $* " in
  *" --data"* | *" --help "* | *" --version "* | *" admin "*) ;;
  *) data=(--data "$(mktemp -d -t verstak-data-XXXXXX)") ;;
esac
exec java @conf/jvm.options -jar "$jar" "$@" "${data[@]}"
