"""What is proposed, in code that is whole and in code that is half-written."""

from __future__ import annotations

import pytest
from editor_session import PROGRAM, Document, Editor
from lsprotocol import types

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def proposed(editor: Editor, statement: str) -> list[types.CompletionItem]:
    """Return what is proposed at the `|` of a statement behind the program."""
    before, _, behind = statement.partition("|")
    document = editor.open(f"{PROGRAM}{before}{behind}")
    offset = len(PROGRAM) + len(before)
    found = await editor.client.text_document_completion_async(
        types.CompletionParams(document.identifier, document.position(offset))
    )
    if found is None:
        return []
    assert isinstance(found, types.CompletionList)
    return sorted(found.items, key=lambda item: item.sort_text or "")


def labels(items: list[types.CompletionItem]) -> list[str]:
    return [item.label for item in items]


# The statement, what must be among the first proposals, and what must not be proposed at all.
CASES = [
    # Members of a value, by its type, at the very end of the file too.
    (
        "feature x : dense = price.",
        ["clip", "is_null", "log1p", "round"],
        ["lower", "views", "tokenize"],
    ),
    ("feature x : text = title.", ["lower", "capitalize"], ["log1p"]),
    ("feature x : text = title.lo|", ["lower"], ["log1p"]),
    ("let x = recent.filter(e -> e.", ["movie", "genre", "at"], ["title", "lower"]),
    ("let x = recent.filter(e -> e.|).count()", ["movie", "genre", "at"], ["title"]),
    ("let x = recent.filter(e -> e.at > now and e.", ["movie", "genre", "at"], ["title"]),
    ("let x = recent.sort_by(e -> e.|, descending = true)", ["movie", "genre", "at"], []),
    ('let x = taste["x"].', ["abs", "is_null"], ["lower"]),
    ("let x = {id: views, weight: 0.5}.", ["id", "weight"], ["views"]),
    ("let x = (views + clicks).", ["clip"], ["lower"]),
    # Behind a mistake in the same statement.
    ("let x = views + + title.", ["lower"], ["log1p"]),
    ("feature x dense = title.", ["lower"], ["log1p"]),
    # Values, what fits first.
    ("feature x : text = ", ["title"], ["dense"]),
    ("feature x : dense = clip(", ["views", "price", "x =", "low ="], ["dense"]),
    ("feature x : dense = clip(views, ", ["low =", "high ="], ["x ="]),
    ("let x = title.", ["lower"], []),
    ("let x = genres.map(", ["e -> ..."], []),
    ("let x = genres.map(g -> ", ["g"], []),
    ("let f(a, b = 1) = ", ["a", "b"], []),
    ("let x = smoothed(", ["hits =", "trials =", "prior ="], []),
    ("let x = smoothed(1, ", ["trials ="], ["hits ="]),
    ("let x = collect(", ["clicks", "price", "views"], []),
    ('let x = title + "a" ?? ', ["title"], []),
    # Words of the grammar.
    ("let x = if views > 1 |", ["then", "and", "or"], ["else", "views", "feature"]),
    ("let x = if views > 1 then 2 ", ["else"], ["then"]),
    ("", ["feature", "input", "let", "resource", "use"], ["views", "lower"]),
    ("fea", ["feature"], ["views"]),
    ("feature x : ", ["dense", "id", "ids", "label", "text", "weighted"], ["views"]),
    ("input can", ["candidate", "request"], ["views"]),
    ("input request { a: ", ["bool", "list", "timestamp"], ["views"]),
    ("input request { a: list<", ["int", "string"], ["views"]),
    ("resource r = ", ["vocabulary", "table", "fit.moments"], ["views"]),
    ("resource r = fit.", ["moments", "target_mean"], ["vocabulary(", "table"]),
    ("resource r = fit.moments(", ["views", "price"], []),
    ('use "', ["std/ctr.fx", "std/time.fx"], ["views"]),
    ("@", ["owner"], ["views"]),
    ("feature x : weighted(10) = [{", ["id", "weight"], []),
    # Words that a constant may be.
    ('let x = now.format_time("%H", "Europe/', ["Europe/Berlin"], ["views"]),
]


@pytest.mark.parametrize(("statement", "wanted", "unwanted"), CASES, ids=[c[0] for c in CASES])
async def test_proposals(
    editor: Editor, statement: str, wanted: list[str], unwanted: list[str]
) -> None:
    found = labels(await proposed(editor, statement))
    missing = [word for word in wanted if word not in found]
    assert not missing
    assert not [word for word in unwanted if word in found]


# The statement, and what comes before what: the expected type decides.
ORDERS = [
    ("feature x : text = ", "title", "views"),
    ("feature x : dense = ", "views", "title"),
    ("feature x : text = title.", "lower", "length"),
    ("feature x : dense = title.", "length", "lower"),
    ("feature x : dense = recent.count(e -> e.at > ", "now", "age"),
    ("let x = if ", "views", "abs"),
    ("let x = clip(price, 0.0, ", "price", "title"),
    ("let x = title == ", "title", "views"),
    ("let x = collect(", "price", "age"),
    ("feature x : dense = history.", "count", "smoothed"),
]


@pytest.mark.parametrize(("statement", "first", "second"), ORDERS, ids=[o[0] for o in ORDERS])
async def test_what_fits_comes_first(
    editor: Editor, statement: str, first: str, second: str
) -> None:
    found = labels(await proposed(editor, statement))
    assert found.index(first) < found.index(second)


@pytest.mark.parametrize(
    "statement",
    ["# com", "let x = 1 # a.", "feature x : dense = 12", '"""\nA text of fea', '"The te'],
)
async def test_nothing_is_proposed_in_texts_and_numbers(editor: Editor, statement: str) -> None:
    assert await proposed(editor, statement) == []


async def test_a_proposal_replaces_the_word_and_leaves_the_cursor_inside(editor: Editor) -> None:
    (item,) = [i for i in await proposed(editor, "let x = views.cli") if i.label == "clip"]
    assert isinstance(item.text_edit, types.TextEdit)
    assert item.text_edit.new_text == "clip($0)"
    assert item.insert_text_format == types.InsertTextFormat.Snippet
    assert item.text_edit.range.end.character - item.text_edit.range.start.character == 3
    assert item.label_details is not None
    assert item.label_details.detail == "(low: T, high: T)"
    assert item.label_details.description == "int"


async def test_places_are_counted_in_utf_16(editor: Editor) -> None:
    document = editor.open(f'{PROGRAM}let x = "😀中" == title.lo')
    found = await document.complete('"😀中" == title.lo')
    (item,) = [i for i in found if i.label == "lower"]
    assert isinstance(item.text_edit, types.TextEdit)
    assert document.edited([item.text_edit]).endswith('let x = "😀中" == title.lower()$0')


async def test_brackets_are_not_doubled(editor: Editor) -> None:
    (item,) = [i for i in await proposed(editor, "let x = views.cli|(1, 2)") if i.label == "clip"]
    assert isinstance(item.text_edit, types.TextEdit)
    assert item.text_edit.new_text == "clip"


async def test_documentation_comes_when_it_is_asked_for(editor: Editor) -> None:
    items = await proposed(editor, "let x = views.")
    (item,) = [i for i in items if i.label == "clip"]
    assert item.documentation is None
    resolved = await editor.client.completion_item_resolve_async(item)
    assert isinstance(resolved.documentation, types.MarkupContent)
    assert "Limit a number to the range" in resolved.documentation.value
    (item,) = [i for i in await proposed(editor, "let x = ") if i.label == "recent"]
    resolved = await editor.client.completion_item_resolve_async(item)
    assert isinstance(resolved.documentation, types.MarkupContent)
    assert "The last thirty days." in resolved.documentation.value


async def test_names_of_modules(editor: Editor) -> None:
    editor.write("rates/common.fx", '"Half of it."\nlet half(x) = x / 2\nlet limit = 3\n')
    head = 'use "rates/common.fx" as common\nuse "std/ctr.fx"\ninput candidate { views: int }\n'
    document = editor.open(f"{head}let x = common.")
    found = await document.complete("let x = common.")
    assert labels(found) == ["half", "limit"]
    resolved = await editor.client.completion_item_resolve_async(found[0])
    assert isinstance(resolved.documentation, types.MarkupContent)
    assert "Half of it." in resolved.documentation.value
    document.change(f"{head}let x = smoo")
    assert "smoothed" in labels(await document.complete("let x = smoo"))
    document.change('use "rates/')
    assert labels(await document.complete('use "rates/'))[-1] == "rates/common.fx"


async def test_parameters_have_the_types_of_calls(editor: Editor) -> None:
    document = editor.open(
        f"{PROGRAM}let first(xs, n) = xs.\nfeature x : dense = first(genres, 2)\n"
    )
    found = labels(await document.complete("let first(xs, n) = xs."))
    assert "take_last" in found
    assert "log1p" not in found


async def test_the_rest_of_the_program_may_be_broken(editor: Editor) -> None:
    broken = PROGRAM.replace("feature ctr :", "feature ctr").replace("e.movie == movie", "e.mov ==")
    document: Document = editor.open(f"{broken}feature x : text = title.")
    assert "lower" in labels(await document.complete("feature x : text = title."))
