"""The stable codes of the compiler's messages: the one table of them.

A code keeps its meaning for ever: it may be retired, never reused. The linter's own rules have
codes from FX200 on and live with their rules.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Code:
    """A kind of mistake: its stable code, its readable name and one line that explains it."""

    code: str
    name: str
    explanation: str


_TABLE = (
    ("FX001", "syntax-error", "The text does not follow the grammar at this place."),
    ("FX002", "unbalanced-bracket", "A bracket is not closed, or closes what was never opened."),
    ("FX003", "unclosed-string", "A string has no closing quote on its line."),
    ("FX004", "bad-literal", "A number, string, duration or timestamp is malformed or too large."),
    ("FX005", "unreadable-file", "The file is missing, is not UTF-8, or holds a NUL character."),
    ("FX006", "limit-exceeded", "The program is larger or more deeply nested than the limits."),
    (
        "FX007",
        "misplaced-text",
        "A description or annotation stands before nothing it can describe.",
    ),
    (
        "FX008",
        "invalid-settings",
        "A settings file has an unknown key, or a value of another type.",
    ),
    ("FX101", "unknown-name", "No input, let, resource or parameter has this name."),
    ("FX102", "duplicate-name", "The same name is declared twice in one place."),
    ("FX103", "unknown-operator", "No operator and no let function has this name."),
    ("FX104", "unknown-field", "The struct has no field of this name."),
    ("FX105", "unknown-type", "No type has this name, or it takes other parameters."),
    ("FX106", "no-matching-overload", "The operator has no form for arguments of these types."),
    ("FX107", "wrong-arguments", "An argument is missing, superfluous, repeated or misnamed."),
    ("FX108", "constant-expected", "The value must be known when the program is compiled."),
    ("FX109", "constant-out-of-range", "The constant is not one of the values allowed here."),
    ("FX110", "type-mismatch", "The value has another type than this place asks for."),
    ("FX111", "unclear-type", "Nothing says which type a bare `null` or `[]` has here."),
    ("FX112", "misplaced-lambda", "A lambda stands where no operator takes one, or is missing."),
    (
        "FX113",
        "misplaced-reference",
        "A resource, function or module is used as if it were a value.",
    ),
    ("FX114", "misplaced-collect", "`collect` needs candidates, and a value of each of them."),
    ("FX120", "null-not-handled", "The value may be null, but the feature needs a value."),
    ("FX121", "null-comparison", "A comparison with `null` is null, so it never holds."),
    ("FX130", "unknown-kind", "A feature's kind is none of the known ones."),
    ("FX131", "kind-mismatch", "The value's type does not fit the feature's kind."),
    ("FX132", "bad-kind-parameter", "The kind does not take this parameter or this value."),
    ("FX140", "module-not-found", "The file named by `use` cannot be read."),
    ("FX141", "module-cycle", "Modules use each other in a circle."),
    (
        "FX142",
        "module-path",
        "A module's path is absolute, leaves the root folder or is malformed.",
    ),
    ("FX143", "input-in-module", "A module reads an input instead of taking it as a parameter."),
    ("FX150", "recursive-let", "A let needs its own value."),
    ("FX151", "expansion-too-large", "Expanding the let functions makes the program too large."),
    (
        "FX152",
        "feature-as-value",
        "A feature is read by another one; shared values belong in a let.",
    ),
    ("FX160", "bad-resource", "A resource's declaration is incomplete or contradicts itself."),
    ("FX161", "bad-annotation", "An annotation is unknown or has the wrong argument."),
    ("FX170", "cannot-plan", "No compiled operator can compute this part of the program."),
    ("FX171", "unreadable-resource", "The file of a resource is missing or not in its format."),
    ("FX172", "bad-vocabulary", "A vocabulary's file has an empty line or a word twice."),
    ("FX173", "bad-table-type", "A table cannot have a key or field of this type."),
    ("FX174", "bad-table", "A table's file has a cell, row or header that does not fit its type."),
    ("FX175", "unknown-time-zone", "No time zone of the IANA database has this name."),
    (
        "FX176",
        "bad-constant",
        "A constant cannot be computed, or its operator cannot work with it.",
    ),
    ("FX177", "not-fitted", "A resource was not fitted to data yet."),
    ("FX178", "stale-fit", "What a resource is fitted to has changed since it was fitted."),
    ("FX179", "bad-fitted-file", "The file of a fitted resource is damaged."),
)

CODES: dict[str, Code] = {row[0]: Code(*row) for row in _TABLE}
"""Every code of the compiler, by its text."""
