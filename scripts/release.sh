#!/usr/bin/env bash
# Makes the artefacts of a release in target/release/VERSION, from HEAD: jar, Debian package, archive with install script, list of
# components (CycloneDX), licences of third parties, checksums. Builds twice, in two folders, and compares byte for byte.
#   scripts/release.sh [VERSION]     VERSION is like 1.2.3; without it, HEAD has a tag like v1.2.3
set -euo pipefail
cd "$(dirname "$0")/.."

die() { echo "release.sh: $*" >&2; exit 1; }

version=${1:-$(git describe --tags --exact-match --match 'v*' 2>/dev/null | sed 's/^v//' || true)}
[ -n "$version" ] || die "HEAD has no tag like v1.2.3; name the version: scripts/release.sh 1.2.3"
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || die "$version is not a version like 1.2.3"
[ -z "$(git status --porcelain)" ] || die "the tree has changes that are in no commit; commit or stash them first"

commit=$(git rev-parse --short=12 HEAD)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH TZ=UTC LC_ALL=C.UTF-8
name=verstak-server-$version
release=$PWD/target/release/$version
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022

build() { # FOLDER: builds HEAD in it and puts the artefacts into FOLDER/out
  local tree=$1/tree out=$1/out
  mkdir -p "$tree" "$out"
  git archive HEAD | tar -x -C "$tree"
  (cd "$tree" && mvn -B -q package org.cyclonedx:cyclonedx-maven-plugin:makeBom \
    -Dmaven.test.skip=true -Dspotless.check.skip=true -Dclass-archive.skip=true -Drevision="$version" -Dbuild.commit="$commit" \
    -Dproject.build.outputTimestamp="$(date -u -d "@$SOURCE_DATE_EPOCH" +%FT%TZ)")
  cp "$tree/target/verstak-server.jar" "$out/$name.jar"
  cp "$tree/target/verstak-server.deb" "$out/verstak-server_${version}_all.deb"
  cp "$tree/target/verstak-server.cdx.json" "$out/$name.cdx.json"
  cp "$tree/target/classes/META-INF/THIRD-PARTY.txt" "$out/$name.third-party.txt"
  # The archive is laid out as the repository is, so that its install script finds everything.
  mkdir -p "$1/$name/target"
  (cd "$tree" && cp -r --parents CHANGELOG.md LICENSE README*.md SECURITY.md conf scripts/{install,archive-classes}.sh src/docs \
    verstak-server.service "$1/$name")
  cp "$out/$name.jar" "$1/$name/target/verstak-server.jar"
  tar -C "$1" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=go-w -cf - "$name" \
    | gzip -n >"$out/$name.tar.gz"
  (cd "$out" && sha256sum -- * >SHA256SUMS)
}

build "$work/first"
build "$work/second"
diff -u "$work/first/out/SHA256SUMS" "$work/second/out/SHA256SUMS" || die "two builds of $commit differ in the files above"
rm -rf "$release"
mkdir -p "${release%/*}"
mv "$work/first/out" "$release"
echo "$version of $commit, two builds alike, in $release:"
cat "$release/SHA256SUMS"
