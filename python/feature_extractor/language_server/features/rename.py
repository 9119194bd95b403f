"""Gives a name another one, in all files, or says why that cannot be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from lsprotocol import types

from feature_extractor.check.inspection import Inspection
from feature_extractor.diagnostics import Span
from feature_extractor.language_server.edits import knows_versions, workspace_edit
from feature_extractor.language_server.project import Project, Text
from feature_extractor.language_server.server import FeatureServer, Refused
from feature_extractor.language_server.uses import Use, mention_at, uses
from feature_extractor.standard import SHOWN
from feature_extractor.syntax.limits import MAXIMUM_NAME_CHARACTERS
from feature_extractor.syntax.parser import statement_parser
from feature_extractor.workspace import Mention, NameIndex

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def register(server: FeatureServer) -> None:
    """Answer requests to rename."""

    @server.answer(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    def rename(params: types.RenameParams) -> types.WorkspaceEdit | None:
        text = server.text(params)
        if text is None:
            return None
        offset = text.lines.offset(params.position)
        changes: dict[str, tuple[Text, list[types.TextEdit]]] = {}
        for use in renamed(server.project, text, offset, params.new_name):
            _, edits = changes.setdefault(use.text.path, (use.text, []))
            edits.append(types.TextEdit(use.text.lines.span(use.span), params.new_name))
        return workspace_edit(
            changes.values(), versioned=knows_versions(server.client_capabilities)
        )

    @server.answer(types.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare(params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
        text = server.text(params)
        if text is None:
            return None
        mention = renameable(server.project, text, text.lines.offset(params.position))
        return types.PrepareRenamePlaceholder(text.lines.span(mention.span), mention.span.text)


def renameable(project: Project, text: Text, offset: int) -> Mention:
    """Return the name at an offset. Raises Refused where it cannot be renamed."""
    mention = mention_at(project, text, offset)
    if mention is None:
        raise Refused(_why_not(text, offset))
    target = mention.target
    if target.kind == "operator":
        raise Refused(f"`{target.name}` is an operator; only names of programs can be renamed")
    if target.declaration is not None and target.declaration.path.startswith(SHOWN):
        raise Refused(f"`{target.name}` belongs to the standard library")
    return mention


def _why_not(text: Text, offset: int) -> str:
    for token in statement_parser().tokens(text.text, 0, len(text.text)):
        if token.start() <= offset <= token.end(token.lastindex or 0):
            word = token[token.lastindex or 0]
            if token.lastgroup != "NAME" and word.isalpha():
                return f"`{word}` is a keyword"
            if token.lastgroup == "NAME":
                return f"nothing is known of `{word}` here; fields get their names from the data"
    return "there is no name here"


def renamed(project: Project, text: Text, offset: int, new_name: str) -> list[Use]:
    """Return the places that change when the name at an offset becomes another one.

    Raises Refused for a name that is none, or where something would mean something else afterwards: that is tried
    out on copies of the texts, instead of being guessed.
    """
    mention = renameable(project, text, offset)
    old = mention.target.name
    if not _NAME.fullmatch(new_name):
        raise Refused(f"`{new_name}` is not a name: it takes ASCII letters, digits and `_`")
    if len(new_name) > MAXIMUM_NAME_CHARACTERS:
        raise Refused(f"a name has at most {MAXIMUM_NAME_CHARACTERS} characters")
    if not _is_free_word(new_name):
        raise Refused(f"`{new_name}` is a keyword")
    found = uses(project, text, mention.target)
    if new_name == old:
        return []
    by_path: dict[str, list[Use]] = {}
    for use in found:
        by_path.setdefault(use.text.path, []).append(use)
    for path, places in by_path.items():
        _refuse_damage(places[0].text, old)
        if path.startswith(SHOWN):
            raise Refused(f"`{old}` belongs to the standard library")
    _try_out(project, by_path, old, new_name)
    return found


def _is_free_word(name: str) -> bool:
    tokens = list(statement_parser().tokens(name, 0, len(name)))
    return len(tokens) == 1 and tokens[0].lastgroup == "NAME"


def _refuse_damage(text: Text, old: str) -> None:
    """Refuse where a statement with a mistake has the name: nobody knows what it means there."""
    whole = [(statement.span.start, statement.span.end) for statement in text.file.statements]
    for match in re.finditer(rf"\b{re.escape(old)}\b", text.text):
        if any(start <= match.start() < end for start, end in whole):
            continue
        comments = text.layout.comments
        if any(c.span.start <= match.start() < c.span.end for c in comments):
            continue
        line = text.lines.line_of(match.start()) + 1
        raise Refused(
            f"the statement at line {line} of {Path(text.path).name} has a syntax mistake, "
            f"so nobody knows what `{old}` means there; correct it first"
        )


def _try_out(project: Project, by_path: dict[str, list[Use]], old: str, new_name: str) -> None:
    """Refuse where a name would mean something else in the changed texts."""
    changed = {
        path: _replaced(places[0].text.text, [use.span for use in places], new_name)
        for path, places in by_path.items()
    }

    def read(path: Path) -> str:
        known = changed.get(str(path))
        return project.read(path) if known is None else known

    for path, places in by_path.items():
        before = project.names(places[0].text).mentions
        root = Path(path).parent if Path(path).is_absolute() else None
        inspection = Inspection(changed[path], project.registry, path, root, read)
        after = NameIndex(inspection.file, inspection.scope, project.registry).mentions
        if _declared_twice(inspection, new_name):
            raise Refused(f"there is a `{new_name}` already in {Path(path).name}")
        ours = {use.span.start for use in places}
        moved = _Moved([use.span for use in places], len(new_name) - len(old))
        found = {mention.span.start: mention for mention in after}
        for mention in before:
            other = found.pop(moved(mention.span.start), None)
            wanted = new_name if mention.span.start in ours else mention.target.name
            same = other is not None and other.target.name == wanted
            same = same and other is not None and other.target.kind == mention.target.kind
            if not same or other is None or not _same_place(mention, other, by_path, moved, path):
                raise Refused(_clash(places[0].text, mention, new_name))
        if found:
            raise Refused(f"`{new_name}` would mean something else in {Path(path).name}")


def _same_place(
    before: Mention, after: Mention, by_path: dict[str, list[Use]], moved: _Moved, path: str
) -> bool:
    """Return whether a name is declared at the same place as before, in the changed text."""
    first, second = before.target.declaration, after.target.declaration
    if first is None or second is None:
        return first is second
    if first.path != second.path:
        return False
    if first.path == path:
        return moved(first.start) == second.start
    return first.path in by_path or first.start == second.start


def _declared_twice(inspection: Inspection, name: str) -> bool:
    return any(
        finding.code == "FX102" and f"`{name}`" in finding.message
        for finding in inspection.findings
    )


def _clash(text: Text, mention: Mention, new_name: str) -> str:
    line = text.lines.line_of(mention.span.start) + 1
    where = f"line {line} of {Path(text.path).name}"
    return f"`{new_name}` means something else there already: {where} would change its meaning"


def _replaced(text: str, spans: Sequence[Span], new: str) -> str:
    pieces: list[str] = []
    position = 0
    for span in sorted(spans, key=lambda span: span.start):
        pieces += text[position : span.start], new
        position = span.end
    return "".join([*pieces, text[position:]])


class _Moved:
    """Tells where an offset is once names before it are longer or shorter."""

    def __init__(self, spans: Sequence[Span], by: int) -> None:
        self._starts = sorted(span.start for span in spans)
        self._by = by

    def __call__(self, offset: int) -> int:
        """Return the new offset."""
        return offset + self._by * sum(start < offset for start in self._starts)
