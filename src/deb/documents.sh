#!/usr/bin/env bash
# What the Debian package has below /usr/share: copyright, changelog, manual page and completions. Goes to target/deb/share.
set -euo pipefail
cd "$(dirname "$0")/../.."
share=target/deb/share
rm -rf "$share"
mkdir -p "$share/doc/verstak-server" "$share/man/man8" "$share/bash-completion/completions" "$share/lintian/overrides"
{
  echo "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"
  echo "Upstream-Name: verstak-server"
  echo
  echo "Files: *"
  echo "Copyright: $(sed -n 's/^Copyright (c) //p' LICENSE)"
  echo "License: Expat"
  sed -n '/^Permission/,$s/^/ /p' LICENSE | sed 's/^ $/ ./'
  echo " ."
  echo " The jar contains libraries of others; their licences and notices are in its META-INF."
} > "$share/doc/verstak-server/copyright"
{
  echo "verstak-server ($1) stable; urgency=medium"
  echo
  echo "  * See CHANGELOG.md of the release."
  echo
  echo " -- $(sed -n "s,^Maintainer: ,,p" src/deb/control/control) <>  $(LC_ALL=C date -u -R -d "$2")"
} | gzip -9n > "$share/doc/verstak-server/changelog.gz"
for page in operations migration scaling; do
  gzip -9n < "src/docs/$page.md" > "$share/doc/verstak-server/$page.md.gz"
done
gzip -9n < src/deb/verstak-server.8 > "$share/man/man8/verstak-server.8.gz"
cp src/deb/lintian-overrides "$share/lintian/overrides/verstak-server"
echo ".so man8/verstak-server.8" | gzip -9n > "$share/man/man8/verstak-server-configure.8.gz"
"${JAVA_HOME:+$JAVA_HOME/bin/}java" -cp target/verstak-server.jar picocli.AutoComplete --force --name verstak-server \
  --completionScript "$share/bash-completion/completions/verstak-server" io.verstak.server.Main
# It names the day on which it was made; a release is the same on every day.
sed -i '/^# \*\?.*[Gg]enerated/d; s/^#!.*//' "$share/bash-completion/completions/verstak-server"
