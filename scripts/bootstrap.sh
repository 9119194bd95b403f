#!/usr/bin/env bash
# Prepares a machine: system packages where they are missing, and .venv with the Python packages.
# It says what it does, does nothing twice, and asks nothing.
# Usage: scripts/bootstrap.sh                    what `make demo` needs
#        scripts/bootstrap.sh --java             a JDK 17 and Maven, to build the jars
#        scripts/bootstrap.sh --jvm              the same, and Spark 4.0 and Flink 2.3 in .venv-jvm
#        scripts/bootstrap.sh --tests            curl, as tests run what the pages show
#        scripts/bootstrap.sh --spark35|--spark43   another Spark, in .venv-spark35 or .venv-spark43
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"
environment=".venv"
extras="demo,test,bench,development"

say() { printf 'setup: %s\n' "$*"; }
fail() {
  printf 'setup: %s\n' "$*" >&2
  exit 1
}

# A Python can be used when it is new enough, can make environments, and can build extension modules.
usable_python() {
  "$1" - <<'PYTHON' >/dev/null 2>&1
import os, sys, sysconfig
import ensurepip, venv
header = os.path.join(sysconfig.get_path("include"), "Python.h")
sys.exit(0 if sys.version_info >= (3, 11) and os.path.exists(header) else 1)
PYTHON
}

find_python() {
  local candidate
  for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
    if command -v "$candidate" >/dev/null 2>&1 && usable_python "$candidate"; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done
  return 1
}

installed() {
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = "installed" ]
}

# Installs those of the named packages that are missing.
install_system_packages() {
  local package missing=()
  for package in "$@"; do
    if ! installed "$package"; then missing+=("$package"); fi
  done
  if [ "${#missing[@]}" -eq 0 ]; then return 0; fi

  local elevate=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 ||
      fail "these packages are missing, and this user may not install them: ${missing[*]}"
    elevate=(sudo)
  fi
  say "installing system packages: ${missing[*]}"
  local log
  log="$(mktemp)"
  if ! { "${elevate[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
    "${elevate[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
      --no-install-recommends "${missing[@]}"; } </dev/null >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    fail "these packages could not be installed: ${missing[*]}"
  fi
  rm -f "$log"
}

install_build_packages() {
  # CMake makes tables of RE2 from unicode-data; ca-certificates are for what it downloads.
  local wanted=(g++ cmake ninja-build ccache ca-certificates libxxhash-dev nlohmann-json3-dev
    libgtest-dev perl unicode-data)
  if ! find_python >/dev/null; then wanted+=(python3 python3-venv python3-dev); fi
  install_system_packages "${wanted[@]}"
}

# A JDK can be used when its compiler makes classes for Java 17.
usable_jdk() {
  local version
  version="$(javac -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')"
  [ "${version:-0}" -ge 17 ] && command -v java >/dev/null 2>&1
}

install_java() {
  local wanted=()
  if ! usable_jdk; then wanted+=(openjdk-17-jdk-headless); fi
  if ! command -v mvn >/dev/null 2>&1; then wanted+=(maven); fi
  if [ "${#wanted[@]}" -eq 0 ]; then return 0; fi
  command -v dpkg-query >/dev/null 2>&1 || fail "install a JDK 17 and Maven: ${wanted[*]}"
  install_system_packages "${wanted[@]}"
  usable_jdk || fail "javac is not of Java 17 or newer; choose it with update-alternatives"
}

install_tools_of_tests() {
  if command -v curl >/dev/null 2>&1; then return 0; fi
  command -v dpkg-query >/dev/null 2>&1 || fail "install curl"
  install_system_packages curl
}

check_tools() {
  local tool
  for tool in c++ cmake ninja; do
    command -v "$tool" >/dev/null 2>&1 ||
      fail "$tool is missing; install a C++20 compiler, CMake 3.25, Ninja, and the libraries" \
        "xxHash, nlohmann-json and GoogleTest"
  done
}

# Makes the virtual environment named by $1, unless it can be used as it is.
make_environment() {
  if [ -x "$1/bin/python" ] && usable_python "$1/bin/python"; then return 0; fi
  local python
  python="$(find_python)" ||
    fail "no Python 3.11 or newer with venv and headers; set PYTHON to one"
  say "making $1 with $("$python" --version)"
  "$python" -m venv --clear "$1"
}

# The dependencies are read from pyproject.toml, so that they are written once.
list_dependencies() {
  "$environment/bin/python" - "$extras" <<'PYTHON'
import sys, tomllib
with open("pyproject.toml", "rb") as file:
    project = tomllib.load(file)["project"]
names = set(project["dependencies"])
for extra in sys.argv[1].split(","):
    names.update(project["optional-dependencies"][extra])
print("\n".join(sorted(names)))
PYTHON
}

install_python_packages() {
  local stamp="$environment/.setup-stamp" state
  list_dependencies >"$environment/requirements.txt"
  state="$(cat "$environment/requirements.txt" constraints.txt "$environment/pyvenv.cfg" | sha256sum)"
  if [ "$(cat "$stamp" 2>/dev/null)" = "$state" ]; then return 0; fi
  say "installing Python packages"
  "$environment/bin/python" -m pip install --quiet --no-input --disable-pip-version-check \
    --requirement "$environment/requirements.txt" --constraint constraints.txt
  printf '%s\n' "$state" >"$stamp"
}

# Installs the packages that are pinned, all of them, in scripts/environments/$2.txt into $1.
install_pinned_packages() {
  local pins="scripts/environments/$2.txt" stamp="$1/.setup-stamp" state
  make_environment "$1"
  state="$(cat "$pins" "$1/pyvenv.cfg" | sha256sum)"
  if [ "$(cat "$stamp" 2>/dev/null)" = "$state" ]; then return 0; fi
  say "installing $(grep -E '^(pyspark|apache-flink)==' "$pins" | paste -sd ' ') into $1;" \
    "this downloads some 500 MB"
  # Some of these come as source only, and their own build steps are noisy.
  "$1/bin/python" -m pip install --quiet --no-input --disable-pip-version-check --no-deps \
    --requirement "$pins"
  "$1/bin/python" -m pip check --disable-pip-version-check >/dev/null ||
    fail "$pins does not agree with itself; see $1/bin/python -m pip check"
  printf '%s\n' "$state" >"$stamp"
}

case "${1:-}" in
"")
  if command -v dpkg-query >/dev/null 2>&1; then install_build_packages; fi
  check_tools
  make_environment "$environment"
  install_python_packages
  ;;
--java) install_java ;;
--tests) install_tools_of_tests ;;
--jvm | --spark35 | --spark43)
  install_java
  install_pinned_packages ".venv-${1#--}" "${1#--}"
  ;;
*) fail "unknown argument $1; the first lines of scripts/bootstrap.sh name what there is" ;;
esac
