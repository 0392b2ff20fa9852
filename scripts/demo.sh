#!/usr/bin/env bash
# Lets some simulated devices of one user edit a vault of a running server, and compares what they have in the end.
#   scripts/demo.sh --url http://127.0.0.1:47732 --user NAME [--vault ID] [--devices N] [--minutes N]     (--help lists all)
set -euo pipefail
cd "$(dirname "$0")/.."

class_path=target/bench.classpath
if [[ ! -e $class_path || -n $(find pom.xml src/main src/bench -newer "$class_path" -print -quit) ]]; then
  echo "building the demo; the first time takes some minutes" >&2
  mvn -B -q package -DskipTests dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile="$class_path" >&2
fi
exec java -Dfile.encoding=UTF-8 -cp "target/test-classes:target/classes:$(<"$class_path")" io.verstak.client.demo.Demo "$@"
