#!/usr/bin/env bash
# Builds the jars of jvm_bindings and runs their tests.
# Usage: scripts/build_jars.sh BUILD_FOLDER PYTHON [argument of Maven]...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build="$(cd "$1" && pwd)"
python="$2"
shift 2

for program in jvm_bindings/*/src/test/programs/*.fx; do
  packages="${program%%/src/*}/target/test-packages"
  mkdir -p "$packages"
  "$python" -m feature_extractor compile --quiet "$program" -o "$packages/$(basename "$program" .fx).fxp"
done

# By this file the javadoc plugin believes that pages of changed sources are current.
rm -f jvm_bindings/*/target/maven-javadoc-plugin-stale-data.txt

# Maven asks the registry only for what it has never downloaded. Its other options are in jvm_bindings/.mvn; those for
# the JVM keep Jansi, which Maven loads, from writing escapes to what is no terminal when it ends, and keep the JVM from
# optimising what runs for seconds.
exec mvn --quiet -f jvm_bindings/pom.xml "-Dnative.build.directory=$build" "$@"
