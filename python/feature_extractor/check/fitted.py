"""Gives the names of fitted resources their meaning: constants, a vocabulary or a table, read from their files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from feature_extractor.check.fits import PREFIX, FitReader, FitRequest
from feature_extractor.check.fitted_files import (
    FittedFile,
    FittedFileError,
    FittedStore,
    is_int,
    is_number,
)
from feature_extractor.check.generated import parsed_scope
from feature_extractor.check.interning import Interner
from feature_extractor.check.reporting import Reporter
from feature_extractor.check.resources import ResourceReader
from feature_extractor.check.scopes import (
    DamagedSymbol,
    FitSymbol,
    LetSymbol,
    ModuleSymbol,
    ResourceSymbol,
    Scope,
    Symbol,
    ValueSymbol,
)
from feature_extractor.check.typed import (
    Constant,
    Expression,
    Feature,
    Resource,
    ResourceReference,
    children,
)
from feature_extractor.diagnostics import Span
from feature_extractor.syntax import tree
from feature_extractor.types import (
    FLOAT,
    INT,
    ListType,
    StructType,
    TableType,
    Type,
    VocabularyType,
)

_RESULTS: Final[dict[str, tuple[tuple[str, Type], ...]]] = {
    "moments": (
        ("mean", FLOAT),
        ("standard_deviation", FLOAT),
        ("minimum", FLOAT),
        ("maximum", FLOAT),
        ("count", INT),
        ("nulls", INT),
    ),
    "quantiles": (
        ("boundaries", ListType(element=FLOAT)),
        ("values", ListType(element=FLOAT)),
        ("minimum", FLOAT),
        ("maximum", FLOAT),
    ),
    "target_mean": (("prior", FLOAT),),
}
"""The constants of a fit, by the names under which programs read them."""

_COUNT_ROW: Final = StructType(fields=(("count", INT), ("share", FLOAT)))


@dataclass
class FitPlan:
    """The fitted resources of a program.

    ``ready`` can be fitted now; ``waiting`` need the results of others first. ``requests`` are all that were read.
    """

    requests: list[FitRequest]
    ready: list[FitRequest]
    waiting: list[str]
    used: list[FittedFile]


class FittedResolver:
    """Replaces the placeholders of fitted resources in the scope of the main file by what they are.

    ``wanted`` tells which resources are about to be fitted; their files are not read. A file that is missing or was
    fitted to something else is reported. ``prepare`` checks lets of the file by their names,
    so that long chains of them do not nest.
    """

    def __init__(
        self,
        reader: FitReader,
        resources: ResourceReader,
        interner: Interner,
        reporter: Reporter,
        store: FittedStore,
        add_source: Callable[[str, str], None],
        prepare: Callable[[set[str]], None],
    ) -> None:
        self._reader = reader
        self._resources = resources
        self._interner = interner
        self._reporter = reporter
        self._store = store
        self._add_source = add_source
        self._prepare = prepare

    def resolve(self, scope: Scope, wanted: frozenset[str] | None = None) -> FitPlan:
        """Resolve the fitted resources of a file: all, or those that are wanted and what they need."""
        plan = FitPlan([], [], [], [])
        fits = {n: s for n, s in scope.names.items() if isinstance(s, FitSymbol)}
        names = {name: _reached(symbol, scope) for name, symbol in fits.items()}
        reached = {name: used & fits.keys() for name, used in names.items()}
        needed = frozenset(fits)
        if wanted is not None:
            needed = wanted.union(*(_closure(name, reached) for name in wanted))
        for name in self._order(fits, reached):
            symbol = fits[name]
            scope.names[name] = DamagedSymbol(name)
            if name not in needed:
                continue
            missing = {*plan.waiting, *(request.name for request in plan.ready)}
            if reached[name] & missing:
                plan.waiting.append(name)
                continue
            self._prepare(names[name])
            request = self._reader.read(symbol.declaration, scope)
            if request is None:
                continue
            plan.requests.append(request)
            if wanted is not None and name in wanted:
                plan.ready.append(request)
                continue
            file = self._file(request, symbol)
            if file is not None:
                plan.used.append(file)
                scope.names[name] = self._symbol(request, file, symbol)
        declared = {name: position for position, name in enumerate(fits)}
        plan.used.sort(key=lambda file: declared[file.name])
        return plan

    def _order(self, fits: dict[str, FitSymbol], reached: dict[str, set[str]]) -> list[str]:
        """Return the resources, each after those that it needs; circles are reported and left out."""
        done: list[str] = []
        left = dict.fromkeys(fits)
        while left:
            free = [name for name in left if not reached[name] & left.keys()]
            if not free:
                for name in left:
                    if name in _closure(name, reached):
                        self._reporter.report(
                            "FX160",
                            f"`{name}` is fitted to values that need `{name}` itself",
                            fits[name].span,
                        )
                break
            for name in free:
                done.append(name)
                del left[name]
        return done

    def _file(self, request: FitRequest, symbol: FitSymbol) -> FittedFile | None:
        """Return the results of a resource where they are there and belong to it."""
        name = request.name
        place = self._store.place(name)
        try:
            file = self._store.find(name)
            if file is not None and file.expression == request.fingerprint:
                check_results(request, file)
        except FittedFileError as error:
            self._reporter.report(
                "FX179",
                f"the fitted file of `{name}` cannot be used: {error}",
                symbol.span,
                notes=(f"the file is {place}",),
                help="fit it again with `fx fit`, or bring back the file that `fx fit` wrote",
            )
            return None
        if file is None:
            self._reporter.report(
                "FX177",
                f"`{name}` was not fitted yet",
                symbol.span,
                notes=(f"there is no file {place}",),
                help=f"fit it to data: `{_command(symbol)}`",
            )
            return None
        if file.expression != request.fingerprint:
            same = file.of == request.of
            why = "a let or a resource that it uses has changed since" if same else ""
            self._reporter.report(
                "FX178",
                f"`{name}` was fitted to something else",
                symbol.span,
                notes=(why or f"{place} is of `{file.of[:200]}`",),
                help=f"fit it again: `{_command(symbol)} --select {name}`",
            )
            return None
        return file

    # ---- symbols ---------------------------------------------------------------------------------

    def _symbol(self, request: FitRequest, file: FittedFile, symbol: FitSymbol) -> Symbol:
        span = symbol.span
        if request.fit == "vocabulary":
            words = ([row[0] for row in file.rows],)
            resource = self._resource(request, words, file)
            return ResourceSymbol(request.name, resource, VocabularyType(), span)
        if request.fit == "counts":
            return self._table_symbol(request.name, request, file, _COUNT_ROW, span)
        text = (
            _target_mean_text(request.parameters["folds"]) if request.fit == "target_mean" else ""
        )
        path = f"{self._store.place(request.name).removesuffix('.json')}.fx"
        scope = parsed_scope(path, text)
        if text:
            self._add_source(path, text)
        for name, type_ in _RESULTS[request.fit]:
            if name in file.result:
                literal = self._interner.literal(type_, _constant(file.result[name], type_), span)
                scope.names[name] = ValueSymbol(name, literal, span)
        if request.fit == "target_mean":
            row = StructType(fields=tuple((name, FLOAT) for name in file.columns[3:]))
            scope.names["_rows"] = self._table_symbol("_rows", request, file, row, span)
            for fold, prior in enumerate(file.result.get("fold_priors", [])):
                literal = self._interner.literal(FLOAT, float(prior), span)
                scope.names[f"_prior_{fold}"] = ValueSymbol(f"_prior_{fold}", literal, span)
            if "fold" in request.expressions:
                scope.names["_fold"] = ValueSymbol("_fold", request.expressions["fold"], span)
        return ModuleSymbol(request.name, scope, span, is_fitted=True)

    def _table_symbol(
        self, name: str, request: FitRequest, file: FittedFile, row: StructType, span: Span
    ) -> ResourceSymbol:
        table = TableType(key=request.value_type.with_nullable(False), row=row)
        positions = [0, *(file.columns.index(field) for field, _ in row.fields)]
        columns = tuple([line[position] for line in file.rows] for position in positions)
        resource = self._resource(request, columns, file, table)
        return ResourceSymbol(name, resource, table, span)

    def _resource(
        self,
        request: FitRequest,
        columns: tuple[list[Any], ...],
        file: FittedFile,
        table: TableType | None = None,
    ) -> Resource:
        return self._resources.add(
            Resource(
                name=request.name,
                kind="table" if table else "vocabulary",
                path=self._store.place(request.name),
                site=request.site,
                oov_buckets=request.parameters.get("oov", 0),
                table=table,
                columns=columns,
            ),
            file.digest,
        )


def _command(symbol: FitSymbol) -> str:
    return f"fx fit {symbol.span.source.path} --input samples.parquet"


def _constant(value: Any, type_: Type) -> Constant:
    if isinstance(type_, ListType):
        return tuple(float(item) for item in value)
    return int(value) if type_ == INT else float(value)


def _target_mean_text(folds: int | None) -> str:
    """Return the lets of a target mean: what a program calls on its keys."""
    lines = [
        '"The mean of the target for a key, drawn towards the prior; the prior for an unknown key."',
        "let value(key) = _rows.lookup(key).value ?? prior",
    ]
    if folds:
        chain = f"_rows.lookup(key).fold_{folds - 1} ?? _prior_{folds - 1}"
        for fold in reversed(range(folds - 1)):
            own = f"_rows.lookup(key).fold_{fold} ?? _prior_{fold}"
            chain = f"if _fold == {fold} then {own} else {chain}"
        lines += ['"The same without the rows of the own fold."', f"let out_of_fold(key) = {chain}"]
    return "\n".join(lines) + "\n"


# ---- what a fitted resource needs ----------------------------------------------------------------


def _reached(symbol: FitSymbol, scope: Scope) -> set[str]:
    """Return the names of the file that a fitted resource reads, through lets too."""
    found: set[str] = set()
    nothing: frozenset[str] = frozenset()
    waiting: list[tuple[tree.Node, frozenset[str]]] = [
        (argument.value, nothing) for argument in symbol.declaration.arguments
    ]
    while waiting:
        node, bound = waiting.pop()
        named: str | None = None
        parts: list[tree.Node] = []
        match node:
            case tree.Name():
                named = node.text
            case tree.Call():
                parts = [argument.value for argument in node.arguments]
                parts += [node.receiver] if node.receiver is not None else []
                if isinstance(scope.names.get(node.name.text), LetSymbol):
                    named = node.name.text
            case tree.FieldAccess():
                parts = [node.base]
            case tree.StructLiteral():
                parts = [value for _, value in node.members]
            case tree.LambdaExpression():
                bound = bound | {node.parameter.text}
                parts = [node.body]
            case _:
                parts = list(tree.children(node))
        waiting += [(part, bound) for part in parts]
        if named is None or named in bound or named in found:
            continue
        found.add(named)
        used = scope.names.get(named)
        if isinstance(used, LetSymbol) and used.scope is scope:
            parameters = used.declaration.parameters or []
            own = frozenset(parameter.name.text for parameter in parameters)
            waiting.append((used.declaration.value, own))
            waiting += [(p.default, nothing) for p in parameters if p.default is not None]
    return found


def _closure(name: str, reached: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        new = reached[waiting.pop()] - found
        found |= new
        waiting.extend(new)
    return found


# ---- the content of a file -----------------------------------------------------------------------


def check_results(request: FitRequest, file: FittedFile) -> None:
    """Raise FittedFileError where the content of a file is not what its fit gives."""
    if file.fit != request.fit:
        raise FittedFileError(f"it is of `{PREFIX}{file.fit[:40]}`")
    result = file.result
    for name, type_ in _RESULTS.get(request.fit, ()):
        optional = (request.fit, name) in (("quantiles", "boundaries"), ("quantiles", "values"))
        if optional and name not in result:
            continue
        value = result.get(name)
        items = value if isinstance(type_, ListType) and isinstance(value, list) else [value]
        if isinstance(type_, ListType) != isinstance(value, list) or not all(
            is_int(item) if type_ == INT else is_number(item) for item in items
        ):
            raise FittedFileError(f"the result `{name}` is missing, or is no `{type_}`")
    if request.fit == "quantiles":
        _check_quantiles(request, result)
    key = request.value_type.name
    if request.fit == "vocabulary":
        _check_rows(file, ("word", "count"), "string")
    elif request.fit == "counts":
        _check_rows(file, ("key", "count", "share"), key)
    elif request.fit == "target_mean":
        folds = request.parameters["folds"] or 0
        names = tuple(f"fold_{fold}" for fold in range(folds))
        _check_rows(file, ("key", "count", "mean", "value", *names), key)
        priors = result.get("fold_priors", [])
        if not isinstance(priors, list) or [is_number(p) for p in priors] != [True] * folds:
            raise FittedFileError("the result `fold_priors` is not a number per fold")


def _check_quantiles(request: FitRequest, result: dict[str, Any]) -> None:
    at = request.parameters["at"]
    if at is None:
        boundaries = result.get("boundaries")
        if boundaries is None or any(low >= high for low, high in pairwise(boundaries)):
            raise FittedFileError("its boundaries do not grow")
        if len(boundaries) >= request.parameters["buckets"]:
            raise FittedFileError("it has more boundaries than buckets")
    elif len(result.get("values", ())) != len(at):
        raise FittedFileError("it has not a value for each number of `at`")


def _check_rows(file: FittedFile, columns: tuple[str, ...], key: str) -> None:
    if file.columns != columns:
        raise FittedFileError(f"its columns are not {', '.join(columns)}")
    is_text = key == "string"
    keys: set[Any] = set()
    for row in file.rows:
        first, count, *numbers = row
        fine = isinstance(first, str) if is_text else is_int(first)
        if not (fine and is_int(count) and all(is_number(number) for number in numbers)):
            raise FittedFileError(f"the row {str(row)[:80]} does not fit its columns")
        if first in keys:
            raise FittedFileError(f"the key {str(first)[:80]!r} stands twice")
        keys.add(first)


# ---- what features need --------------------------------------------------------------------------


def resources_of(features: Iterable[Feature]) -> set[str]:
    """Return the names of the resources that features read."""
    found: set[str] = set()
    seen: set[Expression] = set()
    waiting: list[Expression] = []
    for feature in features:
        waiting.append(feature.value)
        if feature.vocabulary is not None:
            found.add(feature.vocabulary)
    while waiting:
        expression = waiting.pop()
        if expression in seen:
            continue
        seen.add(expression)
        if isinstance(expression, ResourceReference):
            found.add(expression.name)
        waiting.extend(children(expression))
    return found
