#!/usr/bin/env bash
# Shows the design sheet, src/docs/design-sheet.md, as a page: scripts/design.sh [PORT]     (47740 if not given)
set -euo pipefail
cd "$(dirname "$0")/.."

class_path=target/design.classpath
if [[ ! -e $class_path || -n $(find pom.xml src/main src/test -newer "$class_path" -print -quit) ]]; then
  mvn -B -q test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile="$class_path" >&2
fi
exec java -Dfile.encoding=UTF-8 -cp "target/test-classes:target/classes:$(<"$class_path")" \
  io.verstak.server.testkit.browser.DesignServer "${1:-47740}"
