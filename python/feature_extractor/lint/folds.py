"""The target means of a program that are dealt into folds, and who reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from feature_extractor.lint.program import LintedProgram
from feature_extractor.syntax import tree


@dataclass(frozen=True)
class FoldedMean:
    """A resource `fit.target_mean(key, ..., fold_key = ...)`, with the calls of its two values in the file."""

    name: str
    key: tree.Expression
    fold_key: tree.Expression
    calls: list[tree.Call]


def folded_means(program: LintedProgram) -> Iterator[FoldedMean]:
    """Yield the target means with folds that features need."""
    for resource in program.file.statements:
        # Most programs have none, and then nobody has to know who uses which name.
        if not isinstance(resource, tree.ResourceDeclaration):
            continue
        if resource.constructor.text != "fit.target_mean":
            continue
        name = resource.name.text
        named = {a.name.text: a.value for a in resource.arguments if a.name is not None}
        keys = [argument.value for argument in resource.arguments if argument.name is None]
        fold_key = named.get("fold_key")
        if fold_key is None or not keys or name not in program.names.used:
            continue
        calls = [
            call
            for call in program.written.of(tree.Call)
            if isinstance(call.receiver, tree.Name)
            and call.receiver.text == name
            and call.name.text in ("value", "out_of_fold")
        ]
        yield FoldedMean(name, keys[0], fold_key, calls)
