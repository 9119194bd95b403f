#!/usr/bin/env bash
# Makes `import feature_extractor` and the command `fx` work in an environment, from the source tree.
# Usage: scripts/link_package.sh BUILD_FOLDER PYTHON
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build="$1"
python="$2"
package="python/feature_extractor"

# A link, not a copy: the module that is imported is always the one that was built last.
suffix="$("$python" -c 'import sysconfig; print(sysconfig.get_config_var("EXT_SUFFIX"))')"
module="_native$suffix"
find "$package" -maxdepth 1 -name '_native*.so' ! -name "$module" -delete
if [ -f "$build/$module" ]; then ln -sfn "../../$build/$module" "$package/$module"; fi

stamp="$(dirname "$python")/../.package-stamp"
state="$(cat pyproject.toml; pwd)"
if [ "$(cat "$stamp" 2>/dev/null)" != "$state" ]; then
  "$python" -m pip install --quiet --no-input --disable-pip-version-check --no-deps \
    --no-build-isolation --config-settings=wheel.cmake=false \
    --config-settings=editable.mode=inplace --editable .
  printf '%s' "$state" >"$stamp"
fi
