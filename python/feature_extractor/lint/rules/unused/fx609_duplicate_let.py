"""FX609: two lets have the same value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import xxhash

from feature_extractor.check.typed import Collect, Expression, InputReference
from feature_extractor.diagnostics import Edit, Fix, Label, Severity
from feature_extractor.lint.expressions import walk
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.removal import remove_statement
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written import below
from feature_extractor.lint.written_out import functions
from feature_extractor.syntax import tree

_WRITTEN_OUT: Final = 4
"""From how many operators on a function in two files should be kept in a module."""
_OPERATIONS: Final = frozenset((tree.Call, tree.Binary, tree.Unary, tree.Conditional, tree.Index))
_WRITTEN: Final = 2
"""From how many operators on two functions that are alike are reported: short ones are alike by chance."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare what values mean, and how functions are written."""
    values: dict[int, tree.LetDeclaration] = {}
    functions: dict[object, tree.LetDeclaration] = {}
    for let in program.names.lets:
        if let.parameters is None:
            value = program.values.get(let.name.text)
            if value is None or _operators(let.value) == 0 or not _reads(value):
                continue
            first = values.setdefault(id(value), let)
        else:
            if _operators(let.value) < _WRITTEN:
                continue
            first = functions.setdefault(_shape_of(let), let)
        if first is not let:
            yield Finding(
                let.name.span,
                f"`{let.name.text}` is the same as `{first.name.text}`",
                caption="who changes one may forget the other",
                labels=(Label(first.name.span, "the first one"),),
                help="keep one of them",
                fix=_fix(program, first, let),
            )


def summarise(program: LintedProgram) -> list[list[Any]]:
    """Return place, name and shape of each function that means the same in every file."""
    own = {let.name.text for let in program.names.lets}
    return [
        [
            let.name.span.start,
            let.name.span.end,
            let.name.text,
            str(xxhash.xxh3_128_hexdigest(repr(_shape_of(let)).encode())),
        ]
        for let in program.names.lets
        if let.parameters
        and _operators(let.value) >= _WRITTEN_OUT
        and _stands_alone(program, let, own)
    ]


def _stands_alone(program: LintedProgram, let: tree.LetDeclaration, own: set[str]) -> bool:
    """Return whether a function reads nothing but its parameters, and calls operators only."""
    local = {parameter.name.text for parameter in let.parameters or ()}
    for node in below(let.value):
        match node:
            case tree.LambdaExpression():
                local.add(node.parameter.text)
            case tree.Name() if node.text not in local:
                return False
            case tree.Call(name=name) if name.text in own or not program.registry.find(name.text):
                return False
            case _:
                pass
    return True


def _operators(value: tree.Expression) -> int:
    return sum([type(node) in _OPERATIONS for node in below(value)])


def _reads(value: Expression) -> bool:
    """Return whether a value is more than a constant: two constants may be equal by chance."""
    return any(isinstance(part, InputReference | Collect) for part in walk(value))


def _shape_of(let: tree.LetDeclaration) -> object:
    """Return what two functions have in common that differ in the names of their parameters only."""
    parameters = let.parameters or []
    names = {parameter.name.text: f"{position}" for position, parameter in enumerate(parameters)}
    defaults = [p.default and _shape(p.default, {}) for p in parameters]
    return (tuple(defaults), _shape(let.value, names))


def _shape(node: tree.Node, names: dict[str, str]) -> object:
    own: object = None
    match node:
        case tree.Parenthesised():
            return _shape(node.inner, names)
        case tree.LambdaExpression():
            inner = {**names, node.parameter.text: f"{len(names)}"}
            return ("lambda", _shape(node.body, inner))
        case tree.Name():
            return ("name", names.get(node.text, node.text), node.text in names)
        case tree.Identifier():
            own = node.text
        case tree.Literal():
            own = (node.kind, repr(node.value))
        case tree.Unary() | tree.Binary():
            own = node.operator
        case tree.Call():
            own = node.receiver is None
        case tree.Argument():
            own = node.name is None
        case _:
            pass
    return (type(node).__name__, own, *(_shape(part, names) for part in tree.children(node)))


def _fix(
    program: LintedProgram, first: tree.LetDeclaration, second: tree.LetDeclaration
) -> Fix | None:
    """Return the fix that removes the second of two values, and reads the first one instead."""
    old, new = second.name.text, first.name.text
    is_module = not program.features
    if second.parameters is not None or second.description is not None or is_module:
        return None
    edits = [remove_statement(program.source, second)]
    for node in program.written.nodes:
        if isinstance(node, tree.LambdaExpression) and node.parameter.text in (old, new):
            return None
        if isinstance(node, tree.Parameter) and node.name.text in (old, new):
            return None
        is_read = isinstance(node, tree.Name) and node.text == old
        if is_read and not second.span.start <= node.span.start < second.span.end:
            edits.append(Edit(node.span, new))
    return Fix(f"remove `{old}` and read `{new}`", tuple(edits))


RULE: Final = Rule(
    code="FX609",
    name="duplicate-let",
    severity=Severity.WARNING,
    summary="Two lets have the same value, or one function is written out in two files.",
    check=check,
    summarise=summarise,
    check_project=functions,
)
