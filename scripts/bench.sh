#!/usr/bin/env bash
# Measures the packaged server on this machine and prints one table; src/docs/performance.md quotes it. With --vs it compares two jars.
#   scripts/bench.sh [--quick | --full] [--vs JAR] [--fill N] [--only push,pull,blob,wait,login,pages,start,fill,files,nodes]  (--help lists all)
#   S3=http://127.0.0.1:7070 scripts/bench.sh --only objects     uploads and downloads through a bucket, against the folder; without S3
#   through S3Mock. The server named there knows the key "verstak-key" with the secret "verstak-secret".
set -euo pipefail

arguments=()
for argument in "$@"; do
  [[ ${arguments[*]: -1} != --vs ]] || argument=$(realpath -- "$argument")
  arguments+=("$argument")
done
cd "$(dirname "$0")/.."

jar=target/verstak-server.jar
class_path=target/bench.classpath
if [[ ! -e $class_path || -n $(find pom.xml src/main src/bench -newer "$class_path" -print -quit) ]]; then
  mvn -B -q package -DskipTests dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile="$class_path"
fi

# It ends long before; should it not, its servers end with it.
exec timeout --foreground 3h \
  java -Xmx1g ${S3:+"-Dverstak.test.s3=$S3"} -cp "target/test-classes:target/classes:$(<"$class_path")" io.verstak.bench.Bench "${arguments[@]}"
