#!/usr/bin/env bash
# Prepares a machine: system packages where they are missing, and .venv with the Python packages.
# It says what it does, does nothing twice, and asks nothing.
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

install_system_packages() {
  local package missing=()
  # ca-certificates are for the sources that CMake downloads.
  local wanted=(g++ cmake ninja-build ccache ca-certificates libxxhash-dev nlohmann-json3-dev
    libgtest-dev)
  if ! find_python >/dev/null; then wanted+=(python3 python3-venv python3-dev); fi
  for package in "${wanted[@]}"; do
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
  "${elevate[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq </dev/null
  "${elevate[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends "${missing[@]}" </dev/null
}

check_tools() {
  local tool
  for tool in c++ cmake ninja; do
    command -v "$tool" >/dev/null 2>&1 ||
      fail "$tool is missing; install a C++20 compiler, CMake 3.25, Ninja, and the libraries" \
        "xxHash, nlohmann-json and GoogleTest"
  done
}

make_environment() {
  if [ -x "$environment/bin/python" ] && usable_python "$environment/bin/python"; then return 0; fi
  local python
  python="$(find_python)" ||
    fail "no Python 3.11 or newer with venv and headers; set PYTHON to one"
  say "making $environment with $("$python" --version)"
  "$python" -m venv --clear "$environment"
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

if command -v dpkg-query >/dev/null 2>&1; then install_system_packages; fi
check_tools
make_environment
install_python_packages
