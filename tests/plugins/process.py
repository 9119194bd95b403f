"""Does in a new process what a list of steps says, and prints for each what came of it; a process keeps its plug-ins.

A step is ``["load_plugin", path]``, ``["load", package]``, ``["compile", text]`` or ``["extract"]``: the last loaded
package on one request. Run by the tests with the steps as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

REQUEST = {"bought": [1.0, 5.0]}
CANDIDATES = [
    {"code": "4006381333931", "title": "New SALE shoes", "price": 4.0},
    {"code": "1", "title": "", "price": 5.5},
]
VALUES = [
    {"usual_price": 0.5, "bargain": 2.5, "has_code": 1.0},
    {"usual_price": 2 / 3, "bargain": 0.0, "has_code": 0.0},
]


def steps(*wanted: Sequence[Any], **variables: str) -> list[str]:
    """Return for each step ``ok``, or the error's code and message."""
    import os

    done = subprocess.run(
        [sys.executable, __file__, json.dumps([[str(p) for p in step] for step in wanted])],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **variables},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [str(line) for line in json.loads(done.stdout)]


def main() -> None:
    """Run the steps of the command line."""
    import feature_extractor as fx

    extractor: Any = None
    said: list[str] = []
    for name, *arguments in json.loads(sys.argv[1]):
        try:
            if name == "load_plugin":
                plugin = fx.load_plugin(arguments[0])
                said.append(
                    f"ok: {plugin.name} {plugin.version}, {len(plugin.operators)} operators"
                )
            elif name == "load":
                extractor = fx.load(arguments[0])
                said.append("ok")
            elif name == "compile":
                extractor = fx.compile_text(arguments[0], path="program.fx").extractor()
                said.append("ok")
            elif name == "extract":
                extraction = extractor.extract_request(REQUEST, CANDIDATES)
                rows = {f.name: extraction[f.name].tolist() for f in extractor.features}
                said.append(json.dumps(rows))
        except fx.EngineError as error:
            said.append(f"{error.code}: {error}")
        except fx.FeatureExtractorError as error:
            said.append(f"{type(error).__name__}: {error}")
    print(json.dumps(said))


if __name__ == "__main__":
    main()
