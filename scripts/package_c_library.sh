#!/usr/bin/env bash
# Writes the C library with its header, its CMake package and its pkg-config file to dist/, as an archive that is unpacked anywhere.
# The same files give the same bytes.
# Usage: scripts/package_c_library.sh BUILD_FOLDER
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build="$1"
library="$(readlink -f "$build"/libfeature_extractor.so.*.*.*)"
name="libfeature_extractor-${library##*.so.}-linux-$(uname -m)"
folder="$(mktemp --directory)"
trap 'rm -rf "$folder"' EXIT

cmake --install "$build" --component c_library --strip --prefix "$folder/$name" >/dev/null
mkdir -p dist
rm -f dist/libfeature_extractor-*.tar.gz
tar --create --directory "$folder" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 --mode=go=rX,u+rw "$name" |
  gzip --no-name --best >"dist/$name.tar.gz"
ls -1 "dist/$name.tar.gz"
