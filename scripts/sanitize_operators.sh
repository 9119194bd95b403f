#!/usr/bin/env bash
# Runs tests of operators with a core that was built with the address and undefined behaviour sanitizers, operators included.
# Usage: scripts/sanitize_operators.sh BUILD_FOLDER PYTHON [argument of pytest]...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build="$(cd "$1" && pwd)"
python="$2"
shift 2

core="$(ls "$build"/_native*.so)"

# Python itself is not built with sanitizers, so their library must be there before it, and the one of C++ before that looks for
# what it wraps. Each block comes from malloc: in an arena of Python's or Arrow's the sanitizer sees no ends.
library() { "${CXX:-g++}" -print-file-name="$1"; }
export LD_PRELOAD
LD_PRELOAD="$(library libasan.so) $(library libstdc++.so)"
export PYTHONMALLOC=malloc ARROW_DEFAULT_MEMORY_POOL=system
export PYTHONPATH="$PWD/scripts/sanitized${PYTHONPATH:+:$PYTHONPATH}"
export FEATURE_EXTRACTOR_SANITIZED_CORE="$core"
# Python keeps much until it ends, so leaks are looked for by the tests in C++.
export ASAN_OPTIONS="detect_leaks=0:strict_string_checks=1:allocator_may_return_null=1"
export UBSAN_OPTIONS="print_stacktrace=1"

# Nothing is captured: a report would end with the process that holds it.
exec "$python" -m pytest --capture=no "$@"
