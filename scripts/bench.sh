#!/usr/bin/env bash
# Measures the packaged server on this machine and prints one table; src/docs/performance.md quotes it.
#   scripts/bench.sh [--quick | --full] [--fill N] [--only push,pull,blob,wait,login,pages,start,fill]     (--help lists all)
set -euo pipefail
cd "$(dirname "$0")/.."

jar=target/verstak-server.jar
class_path=target/bench.classpath
if [[ ! -e $class_path || -n $(find pom.xml src/main src/bench -newer "$class_path" -print -quit) ]]; then
  mvn -B -q package -DskipTests dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile="$class_path"
fi

exec java -Xmx1g -cp "target/test-classes:target/classes:$(<"$class_path")" io.verstak.bench.Bench "$@"
