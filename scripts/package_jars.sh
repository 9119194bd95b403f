#!/usr/bin/env bash
# Builds the jars for the JVM, for Spark (one for each version of Scala) and for Flink, with sources and javadoc, and copies them to dist/.
# Usage: scripts/package_jars.sh BUILD_FOLDER PYTHON
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mkdir -p dist
rm -f dist/feature-extractor-*.jar
collect() {
  local jar
  for jar in jvm_bindings/*/target/feature-extractor-*.jar; do
    case "$jar" in
    *-tests.jar | */original-*) ;;
    *) cp "$jar" dist/ ;;
    esac
  done
}
echo "package: the jars for Java, Spark 4 and Flink"
scripts/build_jars.sh "$1" "$2" -DskipTests package
collect
echo "package: the jar for Spark 3.5"
scripts/build_jars.sh "$1" "$2" -DskipTests -Pspark-3.5 --projects core,spark clean package
collect
ls -1 dist/feature-extractor-*.jar
