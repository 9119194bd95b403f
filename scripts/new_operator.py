"""Starts an operator: its C++ file and its cases, ready to compile and to pass.

Usage: new_operator.py FAMILY NAME
"""

from __future__ import annotations

import keyword
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

SOURCE = """\
// {name}(x): the number itself.
#include "feature_extractor/operator.h"

namespace feature_extractor {{
namespace {{

struct {struct} {{
  static double eval(double x) {{ return x; }}
}};

constexpr Operator kOperator = {{
    .name = "{name}",
    .summary = "Give the number itself",
    .parameters = {{{{"x", "the number"}}}},
    .overloads = {{overload<"(x: float) -> float", {struct}>()}},
    .edges = {{{{"`x` is null", "null"}}}},
    .examples = {{{{"{name}(2.5)", "2.5"}}}},
    .cost = {{.per_row = 0.5}},
}};

}}  // namespace
}}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
"""

CASES = """\
{name}(2.5) => 2.5
{name}(-0.5) => -0.5
x: float? = null | {name}(x) => null
"""


def main(arguments: list[str]) -> int:
    """Write both files; existing files are never overwritten."""
    words = [word for word in arguments if word]
    if len(words) != 2:
        return fail("say which: make new-operator FAMILY=math NAME=cube")
    family, name = words
    for word in words:
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", word):
            return fail(f"{word!r} is not a lower-case name such as `token_count`")
    if keyword.iskeyword(name):
        return fail(f"{name!r} is a word of the language")
    taken = sorted(path for path in ROOT.glob(f"operators/*/{name}.cc"))
    if taken:
        return fail(f"{taken[0].relative_to(ROOT)} exists already")
    struct = "".join(part.capitalize() for part in name.split("_"))
    source = ROOT / "operators" / family / f"{name}.cc"
    cases = ROOT / "tests" / "operators" / family / f"{name}.test"
    if cases.exists():
        return fail(f"{cases.relative_to(ROOT)} exists already")
    for path, text in ((source, SOURCE), (cases, CASES)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(name=name, struct=struct), encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    print("next: write the kernel, its spec and its cases; then `make docs` and `make test`")
    return 0


def fail(message: str) -> int:
    """Print a message for a mistake of the caller."""
    print(f"new-operator: {message}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
