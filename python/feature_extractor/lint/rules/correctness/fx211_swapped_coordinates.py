"""FX211: a longitude stands where a latitude is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Field, InputReference, Literal
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.expressions import origins
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule

_GEOGRAPHIC: Final = {
    "bearing",
    "geo_tile",
    "geohash_encode",
    "haversine_distance",
    "quadkey",
    "within_bounding_box",
}
_LATITUDE: Final = re.compile(r"(?:^|_)(?:lat|latitude|north|south)\d*(?:_|$)")
_LONGITUDE: Final = re.compile(r"(?:^|_)(?:lon|lng|long|longitude|east|west)\d*(?:_|$)")


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare the names of inputs with the names of the parameters that take them."""
    for call, feature in program.calls(*sorted(_GEOGRAPHIC)):
        program.look_closer()
        parameters = program.operator(call.operator).overloads[call.overload].signature.parameters
        for parameter, value in zip(parameters, call.arguments, strict=False):
            problem = _problem(parameter.name, value)
            if problem:
                yield Finding(
                    program.place(call, feature),
                    f"`{parameter.name}` of `{call.operator}` is given {problem}",
                    caption="null for some places, and wrong for all others",
                    help="the latitude, from -90 to 90, comes first; name the arguments to be sure: "
                    "`latitude = ..., longitude = ...`",
                )
                break


def _problem(parameter: str, value: Expression) -> str:
    """Return what is wrong about the value of a parameter, or an empty text."""
    wants_latitude = bool(_LATITUDE.search(parameter))
    if not wants_latitude and not _LONGITUDE.search(parameter):
        return ""
    for origin in origins(value):
        while isinstance(origin, Call) and origin.operator in ("parse_float", "round", "negate"):
            origin = origin.arguments[0]
        if isinstance(origin, InputReference | Field):
            is_latitude = bool(_LATITUDE.search(origin.name))
            is_longitude = bool(_LONGITUDE.search(origin.name))
            if is_latitude != is_longitude and is_latitude != wants_latitude:
                return f"the {'latitude' if is_latitude else 'longitude'} `{origin.name}`"
        if isinstance(origin, Literal) and isinstance(origin.value, int | float):
            if wants_latitude and abs(origin.value) > 90:
                return f"{origin.value}, which is no latitude"
            if abs(origin.value) > 180:
                return f"{origin.value}, which is no longitude"
    return ""


RULE: Final = Rule(
    code="FX211",
    name="swapped-coordinates",
    severity=Severity.ERROR,
    summary="A longitude is given where a latitude is asked for, or the other way round.",
    check=check,
    by_feature=True,
)
