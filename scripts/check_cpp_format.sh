#!/usr/bin/env bash
# Checks, or with --fix writes, the format of all C++ files as .clang-format wants it.
# Usage: scripts/check_cpp_format.sh CLANG_FORMAT [--fix]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
clang_format="$1"
mode=(--dry-run --Werror)
if [ "${2:-}" = "--fix" ]; then mode=(-i); fi
find cpp operators tests/cpp \( -name '*.cc' -o -name '*.h' \) -print0 |
  sort -z | xargs -0 -r -n 40 "$clang_format" "${mode[@]}"
