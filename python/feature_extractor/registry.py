"""The table of operators: everything that the compiler knows about them, read from
``registry.json``.

The file is dumped from the operators' own specs. Nothing here, and nothing in the compiler, names
an operator: syntax such as ``+`` or ``if`` finds its operator by the spec's ``syntax`` field.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from hashlib import blake2b
from importlib import resources
from pathlib import Path
from typing import Any, Final, NamedTuple

from feature_extractor.types import SCALARS

FORMAT: Final = 1
"""The version of ``registry.json`` that this code reads."""

CONSTRAINTS: Final[dict[str, frozenset[str]]] = {
    "any": frozenset(),
    "number": frozenset({"int", "float"}),
    "key": frozenset({"bool", "int", "string", "bytes", "timestamp", "duration"}),
    "ordered": frozenset({"int", "float", "string", "timestamp", "duration", "bool", "bytes"}),
    "scalar": frozenset({"bool", "int", "float", "string", "bytes", "timestamp", "duration"}),
    "size": frozenset(),
}
"""The scalar types that a constraint of a type variable admits; ``any`` admits every type."""


class RegistryError(Exception):
    """The registry cannot be read, or is not of this version."""


# ---- patterns of types ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Pattern:
    """A type in a signature; ``nullable`` is its trailing ``?``."""

    nullable: bool = False


@dataclass(frozen=True)
class ScalarPattern(Pattern):
    """One of the scalar types."""

    name: str = "int"


@dataclass(frozen=True)
class VariablePattern(Pattern):
    """A type variable."""

    name: str = "T"


@dataclass(frozen=True)
class ListPattern(Pattern):
    """``list<element>``."""

    element: Pattern = field(default_factory=Pattern)


@dataclass(frozen=True)
class MapPattern(Pattern):
    """``map<key, value>``."""

    key: Pattern = field(default_factory=Pattern)
    value: Pattern = field(default_factory=Pattern)


@dataclass(frozen=True)
class VectorPattern(Pattern):
    """``vector<N>``; ``size`` is a number or the name of a size variable."""

    size: str | int = "N"


@dataclass(frozen=True)
class StructPattern(Pattern):
    """``{name: type}``."""

    fields: tuple[tuple[str, Pattern], ...] = ()


@dataclass(frozen=True)
class ResourcePattern(Pattern):
    """``vocabulary``, ``table`` or ``zone``."""

    kind: str = "vocabulary"


@dataclass(frozen=True)
class RowPattern(Pattern):
    """``row``: the struct of the table that the call was given."""


@dataclass(frozen=True)
class LambdaPattern(Pattern):
    """``argument -> result``: a lambda over the elements of a list."""

    argument: Pattern = field(default_factory=Pattern)
    result: Pattern = field(default_factory=Pattern)


# ---- signatures ----------------------------------------------------------------------------------

DefaultValue = None | bool | int | float | str | tuple["DefaultValue", ...]
"""The value of a parameter's default; durations are int microseconds."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of one overload. ``low`` and ``high`` are inclusive; ``words`` are the allowed
    strings.
    """

    name: str
    pattern: Pattern
    constant: bool = False
    variadic: bool = False
    optional: bool = False
    default: Any = None
    low: int | float | None = None
    high: int | float | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Signature:
    """One overload: its type variables with their constraints, its parameters and its result."""

    text: str
    variables: tuple[tuple[str, str], ...]
    parameters: tuple[Parameter, ...]
    result: Pattern

    @cached_property
    def sizing_parameter(self) -> str | None:
        """The constant parameter that says the size of the resulting vector, or None.

        That is ``size`` in ``(xs: list<float>, size: const int) -> vector<size>``; of a constant list it is the length.
        """
        if not isinstance(self.result, VectorPattern):
            return None
        return next(
            (p.name for p in self.parameters if p.constant and p.name == self.result.size), None
        )

    def constraint(self, variable: str) -> str:
        """Return the constraint of a type variable."""
        return dict(self.variables)[variable]

    def show(self, name: str) -> str:
        """Return the signature with the operator's name, as it is shown in messages."""
        variables, bracket, rest = self.text.partition("(")
        return f"{name}{variables.strip()}{bracket}{rest}"


# ---- operators -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Overload:
    """A signature with the storage types of each of its compiled instances."""

    signature_text: str
    shape: str = ""
    instances: tuple[dict[str, str], ...] = ()
    cost: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def signature(self) -> Signature:
        """The parsed signature; parsed when it is first needed, because most operators are not
        used.
        """
        return parse_signature(self.signature_text)


class ParameterDocumentation(NamedTuple):
    """The description of a parameter, for all overloads."""

    name: str
    description: str


class Edge(NamedTuple):
    """What happens in a special case."""

    when: str
    result: str


class Example(NamedTuple):
    """An expression and its value."""

    expression: str
    result: str


@dataclass(frozen=True, eq=False)
class Operator:
    """All that the spec of an operator says."""

    name: str
    family: str
    summary: str
    detail: str
    syntax: str
    aliases: tuple[str, ...]
    nulls: frozenset[str]
    parameters: tuple[ParameterDocumentation, ...]
    edges: tuple[Edge, ...]
    examples: tuple[Example, ...]
    overloads: tuple[Overload, ...]
    determinism: str
    algebra: tuple[str, ...]
    equi_join: str
    membership_join: str
    mapping: bool
    role: str
    since: str
    source: str
    see_also: tuple[str, ...]
    deprecated: str | None

    @property
    def hidden(self) -> bool:
        """Whether the operator is written by the planner only, never by a person."""
        return self.role in ("hidden", "table_field")

    @property
    def plugin(self) -> str:
        """The plug-in that the operator comes with; empty for those of the engine itself."""
        return self.name.partition(".")[0] if "." in self.name else ""


@dataclass(frozen=True)
class Plugin:
    """Operators that come in a shared object of their own; their names start with its name."""

    name: str
    version: str
    digest: str
    operators: tuple[Operator, ...] = ()


class Registry:
    """The operators of one engine version, with those of ``plugins`` among them."""

    def __init__(
        self,
        engine: str,
        operators: tuple[Operator, ...],
        plugins: tuple[Plugin, ...] = (),
        digest: str = "",
    ) -> None:
        self.engine = engine
        self.digest = digest
        """What identifies the text that the operators were read from, without those of plug-ins."""
        self.operators = operators
        self.plugins = {plugin.name: plugin for plugin in plugins}
        self.trial: Callable[[Any], str] | None = None
        """Says why the core refuses a typed call with its constants, where there may be a core to ask."""
        self.by_name: dict[str, Operator] = {}
        self._by_syntax: dict[str, tuple[Operator, ...]] = {}
        self._by_alias: dict[str, list[str]] = {}
        self._by_role: dict[str, tuple[Operator, ...]] = {}
        for operator in operators:
            self.by_name[operator.name] = operator
            if operator.role:
                self._by_role[operator.role] = (*self.by_role(operator.role), operator)
            if operator.syntax:
                self._by_syntax[operator.syntax] = (*self.by_syntax(operator.syntax), operator)
            for alias in operator.aliases:
                self._by_alias.setdefault(alias, []).append(operator.name)
        for operator in operators:
            if operator.plugin:
                self._by_alias.setdefault(operator.name.partition(".")[2], [operator.name])

    @property
    def names(self) -> tuple[str, ...]:
        """The names that a program may call."""
        return tuple(name for name, operator in self.by_name.items() if not operator.hidden)

    def find(self, name: str) -> Operator | None:
        """Return the operator that a program may call by this name."""
        operator = self.by_name.get(name)
        return None if operator is None or operator.hidden else operator

    def by_syntax(self, syntax: str) -> tuple[Operator, ...]:
        """Return the operators that a piece of syntax such as ``+`` stands for."""
        return self._by_syntax.get(syntax, ())

    def by_role(self, role: str) -> tuple[Operator, ...]:
        """Return the operators with a role that the compiler knows, such as ``hash``."""
        return self._by_role.get(role, ())

    def by_alias(self, name: str) -> str | None:
        """Return the name that we use for what another system calls ``name``, the first of several."""
        return next(iter(self.all_by_alias(name)), None)

    def all_by_alias(self, name: str) -> tuple[str, ...]:
        """Return all names that we use for what other systems call ``name``."""
        return tuple(self._by_alias.get(name) or self._by_alias.get(name.lower()) or ())


def load_registry(path: Path | None = None) -> Registry:
    """Read a registry file; without a path the one that belongs to this compiler, with the operators of
    the plug-ins that are known.

    Raises RegistryError where there is none or it cannot be understood.
    """
    if path is not None:
        return _read(path.read_text(encoding="utf-8"))
    return _with_plugins(tuple(_PLUGINS.values()))


_PLUGINS: Final[dict[str, Plugin]] = {}
"""The plug-ins whose operators programs of this process may call, by name."""


def add_plugin(plugin: Plugin) -> None:
    """Make the operators of a plug-in known. Raises RegistryError for a second one of the same name."""
    known = _PLUGINS.setdefault(plugin.name, plugin)
    if (known.version, known.digest) != (plugin.version, plugin.digest):
        raise RegistryError(
            f"the plug-in {plugin.name} is known already, as version {known.version} with the digest "
            f"{known.digest}; this is version {plugin.version} with the digest {plugin.digest}"
        )


@contextmanager
def plugins_kept() -> Iterator[None]:
    """Forget at the end what plug-ins were made known meanwhile."""
    before = dict(_PLUGINS)
    try:
        yield
    finally:
        _PLUGINS.clear()
        _PLUGINS.update(before)


def read_plugin(text: str) -> Plugin:
    """Read the registry of a plug-in. Raises RegistryError where it cannot be understood."""
    data = _json(text)
    described = data.get("plugin")
    if not isinstance(described, dict):
        raise RegistryError("the registry is not that of a plug-in")
    try:
        name = str(described["name"])
        plugin = Plugin(
            name,
            str(described["version"]),
            str(described["digest"]),
            tuple(_operator(row) for row in data["operators"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise RegistryError(f"the registry is incomplete: {error!r}") from error
    if not all(operator.plugin == name for operator in plugin.operators):
        raise RegistryError(f"the registry of the plug-in {name} has operators of another one")
    return plugin


@cache
def _with_plugins(plugins: tuple[Plugin, ...]) -> Registry:
    installed = _installed_registry()
    if not plugins:
        return installed
    more = tuple(operator for plugin in plugins for operator in plugin.operators)
    return Registry(installed.engine, installed.operators + more, plugins, installed.digest)


@cache
def _installed_registry() -> Registry:
    installed = resources.files("feature_extractor").joinpath("registry.json")
    if installed.is_file():
        return _read(installed.read_text(encoding="utf-8"))
    source = Path(__file__).parents[2] / "operators" / "registry.json"
    if source.is_file():
        return _read(source.read_text(encoding="utf-8"))
    raise RegistryError("registry.json is missing; build the project or reinstall the package")


def _json(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise RegistryError(f"registry.json is not JSON: {error}") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise RegistryError(f"registry.json is not of format {FORMAT}")
    return data


def _read(text: str) -> Registry:
    data = _json(text)
    try:
        operators = tuple(_operator(row) for row in data["operators"])
    except (KeyError, TypeError, AttributeError) as error:
        raise RegistryError(f"registry.json is incomplete: {error!r}") from error
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return Registry(str(data.get("engine", "")), operators, digest=digest)


def _words(value: Any) -> tuple[str, ...]:
    """Return a list of words; the C++ specs write them as one string with spaces."""
    if isinstance(value, str):
        return tuple(value.split())
    return tuple(value or ())


def _operator(row: dict[str, Any]) -> Operator:
    return Operator(
        name=row["name"],
        family=row.get("family", ""),
        summary=row.get("summary", ""),
        detail=row.get("detail", ""),
        syntax=row.get("syntax", ""),
        aliases=_words(row.get("aliases")),
        nulls=frozenset(_words(row.get("nulls"))),
        parameters=tuple(
            ParameterDocumentation(p["name"], p.get("description", ""))
            for p in row.get("parameters", ())
        ),
        edges=tuple(Edge(e["when"], e["result"]) for e in row.get("edges", ())),
        examples=tuple(Example(e["expression"], e["result"]) for e in row.get("examples", ())),
        overloads=tuple(
            Overload(
                o["signature"],
                o.get("shape", ""),
                tuple(o.get("instances", ())),
                o.get("cost") or row.get("cost") or {},
            )
            for o in row["overloads"]
        ),
        determinism=row.get("determinism", "") or "",
        algebra=_words(row.get("algebra")),
        equi_join=row.get("equi_join", "") or "",
        membership_join=row.get("membership_join", "") or "",
        mapping=bool(row.get("mapping", False)),
        role=row.get("role", "") or "",
        since=row.get("since", "") or "",
        source=row.get("source", "") or "",
        see_also=_words(row.get("see_also")),
        deprecated=row.get("deprecated") or None,
    )


# ---- signature strings ---------------------------------------------------------------------------

_TOKEN: Final = re.compile(
    r"""
    \s*(?:
      (?P<dots>\.\.\.|\.\.)
    | (?P<arrow>->)
    | (?P<duration>(?:[0-9]+(?:us|ms|w|d|h|m|s))+(?![A-Za-z0-9_]))
    | (?P<number>-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?:\*\*[0-9]+)?)
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<sign>[<>(){}\[\]:,?=])
    | (?P<end>$)
    )
    """,
    re.VERBOSE,
)
_RESOURCES: Final = frozenset({"vocabulary", "table", "zone"})


@cache
def parse_signature(text: str) -> Signature:
    """Parse a signature string; docs/design/0002-operators.md has its form.

    Raises RegistryError where it is malformed.
    """
    return _SignatureParser(text).signature()


class _SignatureParser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[tuple[str, str]] = []
        position = 0
        while True:
            match = _TOKEN.match(text, position)
            if match is None:
                raise RegistryError(f"bad signature at {text[position:]!r}: {text}")
            kind = match.lastgroup or "end"
            self._tokens.append((kind, match.group(kind)))
            if kind == "end":
                break
            position = match.end()
        self._at = 0
        self._variables: dict[str, str] = {}

    def signature(self) -> Signature:
        if self._take("<"):
            while True:
                name = self._word()
                self._expect(":")
                constraint = self._word()
                if constraint not in CONSTRAINTS:
                    self._fail(f"unknown constraint {constraint}")
                self._variables[name] = constraint
                if not self._take(","):
                    break
            self._expect(">")
        self._expect("(")
        parameters: list[Parameter] = []
        while not self._take(")"):
            parameters.append(self._parameter())
            if not self._take(","):
                self._expect(")")
                break
        self._expect("->")
        result = self._pattern()
        if self._tokens[self._at][0] != "end":
            self._fail(f"unexpected {self._tokens[self._at][1]}")
        return Signature(self._text, tuple(self._variables.items()), tuple(parameters), result)

    def _parameter(self) -> Parameter:
        name = self._word()
        self._expect(":")
        constant = self._peek() == "const"
        if constant:
            self._at += 1
        pattern = self._pattern()
        if self._take("->"):
            result = self._pattern()
            return Parameter(name, LambdaPattern(False, pattern, result))
        low: int | float | None = None
        high: int | float | None = None
        words: list[str] = []
        if self._take("["):
            if self._peek() != "..":
                low = self._number()
            self._expect("..")
            if self._peek() != "]":
                high = self._number()
            self._expect("]")
        elif self._take("{"):
            while not self._take("}"):
                words.append(json.loads(self._next("string")))
                if not self._take(","):
                    self._expect("}")
                    break
        variadic = self._take("...")
        optional = self._take("=")
        default = self._literal() if optional else None
        return Parameter(
            name, pattern, constant, variadic, optional, default, low, high, tuple(words)
        )

    def _pattern(self) -> Pattern:
        pattern = self._core()
        if self._take("?"):
            return type(pattern)(**{**pattern.__dict__, "nullable": True})
        return pattern

    def _core(self) -> Pattern:
        if self._take("{"):
            fields: list[tuple[str, Pattern]] = []
            while not self._take("}"):
                name = self._word()
                self._expect(":")
                fields.append((name, self._pattern()))
                if not self._take(","):
                    self._expect("}")
                    break
            return StructPattern(fields=tuple(fields))
        if self._take("("):
            inner = self._pattern()
            self._expect(")")
            return inner
        name = self._word()
        if name in SCALARS:
            return ScalarPattern(name=name)
        if name in _RESOURCES and name not in self._variables:
            if self._take("<"):
                self._pattern()
                while self._take(","):
                    self._pattern()
                self._expect(">")
            return ResourcePattern(kind=name)
        if name == "row" and name not in self._variables:
            return RowPattern()
        if name == "list":
            self._expect("<")
            element = self._pattern()
            self._expect(">")
            return ListPattern(element=element)
        if name == "map":
            self._expect("<")
            key = self._pattern()
            self._expect(",")
            value = self._pattern()
            self._expect(">")
            return MapPattern(key=key, value=value)
        if name == "vector":
            self._expect("<")
            kind, text = self._tokens[self._at]
            self._at += 1
            if kind == "number":
                size: int | str = int(text)
            else:
                size = text
                self._variables.setdefault(text, "size")
            self._expect(">")
            return VectorPattern(size=size)
        if name not in self._variables:
            self._fail(f"unknown type {name}")
        return VariablePattern(name=name)

    def _literal(self) -> DefaultValue:
        kind, text = self._tokens[self._at]
        if kind == "number":
            return self._number()
        self._at += 1
        if kind == "string":
            return str(json.loads(text))
        if kind == "duration":
            return _microseconds(text)
        if kind == "word" and text in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[text]
        if text == "[":
            items: list[DefaultValue] = []
            while not self._take("]"):
                items.append(self._literal())
                if not self._take(","):
                    self._expect("]")
                    break
            return tuple(items)
        self._fail(f"bad default {text}")
        return None

    def _number(self) -> int | float:
        kind, text = self._tokens[self._at]
        if kind == "duration":
            self._at += 1
            return _microseconds(text)
        text = self._next("number")
        base, _, exponent = text.partition("**")
        if exponent:
            return int(int(base) ** int(exponent))
        return float(text) if any(c in text for c in ".eE") else int(text)

    def _peek(self) -> str:
        return self._tokens[self._at][1]

    def _take(self, text: str) -> bool:
        kind, found = self._tokens[self._at]
        if found == text and kind not in ("string", "end"):
            self._at += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._take(text):
            self._fail(f"expected {text} before {self._peek()!r}")

    def _next(self, kind: str) -> str:
        found, text = self._tokens[self._at]
        if found != kind:
            self._fail(f"expected a {kind} before {text!r}")
        self._at += 1
        return text

    def _word(self) -> str:
        return self._next("word")

    def _fail(self, message: str) -> None:
        raise RegistryError(f"{message} in the signature {self._text}")


def _microseconds(text: str) -> int:
    units = {"us": 1, "ms": 10**3, "s": 10**6, "m": 60 * 10**6, "h": 3600 * 10**6}
    units |= {"d": 86_400 * 10**6, "w": 604_800 * 10**6}
    parts = re.findall(r"([0-9]+)(us|ms|w|d|h|m|s)", text)
    return sum(int(count) * units[unit] for count, unit in parts)
