"""Which declarations a program consists of, what each reads, and whether two of them say the same.

This looks at the text, not at values: it answers through which let, module or resource a feature changed.
"""

from __future__ import annotations

import dataclasses
import posixpath
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import xxhash

from feature_extractor.check.typed import Site
from feature_extractor.standard import PREFIX, SHOWN
from feature_extractor.syntax import tree

Key = tuple[str, str, str]
"""Identifies a declaration in both programs: its kind, its file below the program's folder, and its name."""

_NOT_MEANT = frozenset({"span", "operator_span", "path_span", "description", "annotations"})
"""Members of a node that do not belong to what it says."""


@dataclass(frozen=True, eq=False)
class Declaration:
    """A feature, let, resource or input of a program or of one of its modules.

    ``module`` is the path of its module below the program's folder, empty for the main file.
    """

    kind: str
    name: str
    module: str
    node: tree.Node
    statement: tree.Statement
    file: tree.File

    @property
    def key(self) -> Key:
        """What identifies the declaration in the other program."""
        return self.kind, self.module, self.name

    @property
    def place(self) -> str:
        """File and line of the declaration."""
        return f"{self.node.span.path}:{self.node.span.line}"

    def contains(self, site: Site) -> bool:
        """Return whether a place lies in the text of the declaration."""
        span = self.node.span
        if site.path != span.path:
            return False
        start, end = (span.line, span.column), (span.end_line, span.end_column)
        return start <= (site.line, site.column) and (site.end_line, site.end_column) <= end


class Declarations:
    """The declarations of a program; ``files`` are its trees, the main one first."""

    def __init__(self, files: Sequence[tree.File]) -> None:
        self._folder = posixpath.dirname(files[0].source.path) if files else ""
        self._files = {posixpath.normpath(file.source.path): file for file in files}
        self._main = files[0] if files else None
        self.by_key: dict[Key, Declaration] = {}
        self._scopes: dict[str, dict[str, Declaration]] = {}
        self._aliases: dict[str, dict[str, str]] = {}
        for file in files:
            self._declare(file)
        for file in files:
            self._import(file)
        self._reads: dict[Declaration, tuple[Declaration, ...]] = {}
        self._meanings: dict[Declaration, str] = {}

    def feature(self, name: str) -> Declaration | None:
        """Return the declaration of a feature of the main file."""
        return self.by_key.get(("feature", "", name))

    def _declare(self, file: tree.File) -> None:
        path = posixpath.normpath(file.source.path)
        module = "" if file is self._main else self._module(path)
        scope = self._scopes[path] = {}

        def add(kind: str, name: str, node: tree.Node, statement: tree.Statement) -> None:
            made = Declaration(kind, name, module, node, statement, file)
            self.by_key.setdefault(made.key, made)
            if kind != "feature":
                scope.setdefault(name, made)

        for statement in file.statements:
            match statement:
                case tree.LetDeclaration():
                    add("let", statement.name.text, statement, statement)
                case tree.ResourceDeclaration():
                    add("resource", statement.name.text, statement, statement)
                case tree.FeatureDeclaration() if file is self._main:
                    add("feature", statement.name.text, statement, statement)
                case tree.InputDeclaration() if file is self._main:
                    for field in statement.fields:
                        for name in field.names:
                            add("input", name.text, field, statement)
                case _:
                    pass

    def _module(self, path: str) -> str:
        if path.startswith(SHOWN):
            return PREFIX + path.removeprefix(SHOWN)
        return posixpath.relpath(path, self._folder or ".")

    def _import(self, file: tree.File) -> None:
        path = posixpath.normpath(file.source.path)
        aliases = self._aliases[path] = {}
        for statement in file.statements:
            if not isinstance(statement, tree.UseDeclaration):
                continue
            if statement.path.startswith(PREFIX):
                used = SHOWN + statement.path.removeprefix(PREFIX)
            else:
                used = posixpath.normpath(posixpath.join(posixpath.dirname(path), statement.path))
            if statement.alias is not None:
                aliases[statement.alias.text] = used
                continue
            for name, found in self._scopes.get(used, {}).items():
                if found.file is self._files.get(used) and found.kind in ("let", "resource"):
                    self._scopes[path].setdefault(name, found)

    def _named(self, file: tree.File, name: str) -> Declaration | None:
        return self._scopes[posixpath.normpath(file.source.path)].get(name)

    def _of_module(self, file: tree.File, alias: str, name: str) -> Declaration | None:
        used = self._aliases[posixpath.normpath(file.source.path)].get(alias)
        found = self._scopes.get(used, {}).get(name) if used is not None else None
        return found if found is not None and found.file is self._files.get(used or "") else None

    def reads(self, declaration: Declaration) -> tuple[Declaration, ...]:
        """Return the declarations that one names itself, in the order of the text."""
        known = self._reads.get(declaration)
        if known is None:
            found: dict[Declaration, None] = {}
            # Only the names count here, so the text is not needed.
            for _ in self._tokens(declaration, lambda other: found.setdefault(other, None) or ""):
                pass
            known = self._reads[declaration] = tuple(found)
        return known

    def ways(self, start: Declaration) -> dict[Declaration, tuple[Declaration, ...]]:
        """Return all that a declaration needs, each with the shortest way to it, both ends included."""
        ways: dict[Declaration, tuple[Declaration, ...]] = {start: (start,)}
        waiting = deque([start])
        while waiting:
            here = waiting.popleft()
            for other in self.reads(here):
                if other not in ways:
                    ways[other] = (*ways[here], other)
                    waiting.append(other)
        return ways

    def text(self, declaration: Declaration, named: Callable[[Declaration], str]) -> str:
        """Return a digest of what a declaration says itself; layout, comments and local names do not matter.

        ``named`` gives the name that stands for each declaration that it reads.
        """
        return _digest(self._tokens(declaration, named))

    def meaning(self, declaration: Declaration) -> str:
        """Return a digest of what a declaration says with all that it needs, whatever the names."""
        waiting = [declaration]
        while waiting:
            here = waiting[-1]
            missing = [other for other in self.reads(here) if other not in self._meanings]
            # A let cannot need itself in a program without mistakes; where it does, the circle is cut.
            missing = [other for other in missing if other not in waiting]
            if missing:
                waiting.extend(missing)
                continue
            waiting.pop()
            self._meanings[here] = _digest(
                self._tokens(here, lambda other: self._meanings.get(other, ""))
            )
        return self._meanings[declaration]

    def _tokens(
        self, declaration: Declaration, named: Callable[[Declaration], str]
    ) -> Iterator[str]:
        node = declaration.node
        bound: dict[str, int] = {}
        yield declaration.kind
        match node:
            case tree.LetDeclaration():
                # The default of a parameter is read outside of the function.
                for parameter in node.parameters or ():
                    if parameter.default is not None:
                        yield from self._written(declaration, parameter.default, {}, named)
                    bound[parameter.name.text] = len(bound)
                yield f"{len(bound) if node.parameters is not None else 'value'}"
                yield from self._written(declaration, node.value, bound, named)
            case tree.FeatureDeclaration():
                yield from self._written(declaration, node.kind, {}, named)
                yield from self._written(declaration, node.value, {}, named)
            case tree.ResourceDeclaration():
                for part in (node.constructor, *node.types, *node.arguments):
                    yield from self._written(declaration, part, {}, named)
            case tree.InputField():
                statement = declaration.statement
                yield statement.domain.text if isinstance(statement, tree.InputDeclaration) else ""
                yield from self._written(declaration, node.type, {}, named)
            case _:
                yield from self._written(declaration, node, {}, named)

    def _written(
        self,
        declaration: Declaration,
        node: tree.Node,
        bound: dict[str, int],
        named: Callable[[Declaration], str],
    ) -> Iterator[str]:
        file = declaration.file
        match node:
            case tree.Parenthesised():
                yield from self._written(declaration, node.inner, bound, named)
                return
            case tree.Name(text=text) if text in bound:
                yield f"variable {bound[text]}"
                return
            case tree.Name(text=text):
                target = self._named(file, text)
                yield f"name {named(target) if target else text}"
                return
            case tree.LambdaExpression():
                inner = {**bound, node.parameter.text: len(bound)}
                yield "lambda"
                yield from self._written(declaration, node.body, inner, named)
                return
            case tree.FieldAccess(base=tree.Name(text=alias)) if alias not in bound:
                target = self._of_module(file, alias, node.name.text)
                if target is not None:
                    yield f"name {named(target)}"
                    return
            case tree.Call():
                yield from self._call(declaration, node, bound, named)
                return
            case _:
                pass
        yield type(node).__name__
        for member in dataclasses.fields(node):
            if member.name not in _NOT_MEANT:
                yield from self._value(declaration, getattr(node, member.name), bound, named)
        yield "end"

    def _call(
        self,
        declaration: Declaration,
        node: tree.Call,
        bound: dict[str, int],
        named: Callable[[Declaration], str],
    ) -> Iterator[str]:
        """Write `x.f(y)` and `f(x, y)` alike."""
        receiver = node.receiver
        target = None
        if isinstance(receiver, tree.Name) and receiver.text not in bound:
            target = self._of_module(declaration.file, receiver.text, node.name.text)
        if target is not None:
            receiver = None
        else:
            target = self._named(declaration.file, node.name.text)
            target = target if target is not None and target.kind == "let" else None
        yield f"call {named(target) if target else node.name.text}"
        if receiver is not None:
            yield from self._written(declaration, receiver, bound, named)
        for argument in node.arguments:
            if argument.name is not None:
                yield f"named {argument.name.text}"
            yield from self._written(declaration, argument.value, bound, named)
        yield "end"

    def _value(
        self,
        declaration: Declaration,
        value: object,
        bound: dict[str, int],
        named: Callable[[Declaration], str],
    ) -> Iterator[str]:
        if isinstance(value, tree.Node):
            yield from self._written(declaration, value, bound, named)
        elif isinstance(value, list | tuple):
            yield "["
            for item in value:
                yield from self._value(declaration, item, bound, named)
            yield "]"
        else:
            yield repr(value)


def _digest(tokens: Iterator[str]) -> str:
    return str(xxhash.xxh3_128_hexdigest("\0".join(tokens).encode("utf-8", "surrogatepass")))
