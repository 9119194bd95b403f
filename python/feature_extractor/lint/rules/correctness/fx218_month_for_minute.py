"""FX218: `%M` is the minute, and `%m` the month."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Literal
from feature_extractor.diagnostics import Applicability, Severity
from feature_extractor.lint.places import own_node
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written import below
from feature_extractor.syntax import tree

_MINUTE_FOR_MONTH: Final = re.compile(
    r"(%Y[-/. ]?)%M|(?<!%H)(?<!%H[:.h])%M(?=[-/. ]?%[dY])|(?<=%d)[-/.]%M"
)
_MONTH_FOR_MINUTE: Final = re.compile(r"(%H[:h.]?)%m|%m(?=:?%S)")


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at the formats of times for minutes among days, and months among hours."""
    for call, feature in program.calls("format_time", "parse_time"):
        program.look_closer()
        given = call.arguments[1]
        shown = given.value if isinstance(given, Literal) else None
        if not isinstance(shown, str):
            continue
        better = _repaired(shown)
        if better == shown:
            continue
        fix = None
        node = own_node(program, call)
        for part in below(node) if node is not None else ():
            if (
                isinstance(part, tree.Literal)
                and part.value == shown
                and "\\" not in part.span.text
            ):
                text = f'"{better}"'
                fix = program.written.replacing(
                    part, text, "exchange `%m` and `%M`", Applicability.UNSAFE
                )
        is_minute = bool(_MINUTE_FOR_MONTH.search(shown))
        taken = "the minute for the month" if is_minute else "the month for the minute"
        yield Finding(
            program.place(call, feature),
            f'"{shown}" takes {taken}',
            caption="`%m` is the month, `%M` is the minute",
            help=f'write "{better}"',
            fix=fix,
        )


def _repaired(shown: str) -> str:
    """Return a format with months among the days and minutes among the hours."""
    better = _MINUTE_FOR_MONTH.sub(lambda found: found[0].replace("%M", "%m"), shown)
    return _MONTH_FOR_MINUTE.sub(lambda found: found[0].replace("%m", "%M"), better)


RULE: Final = Rule(
    code="FX218",
    name="month-for-minute",
    severity=Severity.ERROR,
    summary="A format of times has the minute where the month belongs, or the month for the minute.",
    check=check,
    by_feature=True,
)
