"""The tables of the parser: Lark makes them of the grammar, and ``tables.json`` keeps them.

Lark reads the grammar, finds its conflicts and computes the LALR(1) tables. That takes a fifth of a second, so it is
done when the grammar is changed (`scripts/generate_parse_tables.py`), and not at each start. Tables that do not belong
to the grammar as it is are made anew.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from hashlib import blake2b
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lark.lexer import TerminalDef


@dataclass(frozen=True)
class Rule:
    """One form of a rule of the grammar.

    ``size`` is the number of its parts, ``kept`` the positions of those with a value, ``inlined`` those with several.
    ``method`` of the tree builder makes the value; empty where the one part that is kept is the value itself.
    """

    name: str
    size: int
    kept: list[int]
    inlined: list[int]
    method: str


@dataclass(frozen=True)
class Tables:
    """All that is needed to cut and to parse a statement.

    A state has a number for each terminal and rule: that of the next state, or -1 and below of the form of a rule that
    is complete.
    """

    grammar: str
    tokens: list[tuple[str, str]]
    ignored: list[tuple[str, str]]
    rules: list[Rule]
    states: list[dict[str, int]]
    start: int
    end: int


def tables_of(grammar: str) -> Tables:
    """Return the tables that are kept; where they are those of another grammar, make them."""
    kept = resources.files(__package__).joinpath("tables.json")
    if kept.is_file():
        found = _read(kept.read_text(encoding="utf-8"))
        if found.grammar == _digest(grammar):
            return found
    return make_tables(grammar)


def serialise(tables: Tables) -> str:
    """Return tables as text: JSON with a line for each rule and state."""
    values = asdict(tables)
    lines = []
    for key, value in values.items():
        if isinstance(value, list):
            inner = ",\n".join(json.dumps(item, ensure_ascii=False) for item in value)
            lines.append(f"{json.dumps(key)}: [\n{inner}\n]")
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _read(text: str) -> Tables:
    values: dict[str, Any] = json.loads(text)
    for key in ("tokens", "ignored"):
        values[key] = [(name, expression) for name, expression in values[key]]
    values["rules"] = [Rule(**rule) for rule in values["rules"]]
    return Tables(**values)


def _digest(grammar: str) -> str:
    return blake2b(grammar.encode(), digest_size=16).hexdigest()


def lark_terminals(grammar: str) -> list[TerminalDef]:
    """Return the terminals of a grammar as Lark describes them, for those that write them in other forms."""
    from lark import Lark

    return list(Lark(grammar, parser="lalr", lexer="basic").terminals)


def make_tables(grammar: str) -> Tables:
    """Let Lark make the tables of a grammar."""
    from lark import Lark
    from lark.grammar import Terminal
    from lark.parsers.lalr_analysis import Shift

    made = Lark(grammar, parser="lalr", lexer="basic", maybe_placeholders=False)
    terminals = sorted(
        made.terminals,
        key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name),
    )
    table = made.parser.parser.parser.parse_table
    # Lark numbers states and rules by the order of sets, which is another one in each process.
    numbers = {table.start_states["start"]: 0}
    waiting = [table.start_states["start"]]
    rules: dict[Any, int] = {}
    for state in waiting:
        for _, (action, argument) in sorted(table.states[state].items(), key=lambda item: item[0]):
            if action is not Shift:
                rules.setdefault(argument, len(rules))
            elif argument not in numbers:
                numbers[argument] = len(numbers)
                waiting.append(argument)

    def rule(found: Any) -> Rule:
        kept = [
            position
            for position, symbol in enumerate(found.expansion)
            if found.options.keep_all_tokens
            or not (isinstance(symbol, Terminal) and symbol.filter_out)
        ]
        inlined = [
            position
            for position in kept
            if not found.expansion[position].is_term
            and found.expansion[position].name.startswith("_")
        ]
        name = str(found.origin.name)
        is_part = bool(found.options.expand1 and found.alias is None)
        assert kept, "Lark takes rules without parts apart"
        assert not is_part or (len(kept) == 1 and not inlined), name
        method = "" if is_part else str(found.alias or name)
        return Rule(name, len(found.expansion), kept, inlined, method)

    written = [(str(t.name), t.pattern.to_regexp()) for t in terminals]
    return Tables(
        grammar=_digest(grammar),
        tokens=[pair for pair in written if pair[0] not in made.ignore_tokens],
        ignored=[pair for pair in written if pair[0] in made.ignore_tokens],
        rules=[rule(found) for found in rules],
        states=[
            {
                str(symbol): numbers[argument] if action is Shift else -1 - rules[argument]
                for symbol, (action, argument) in sorted(
                    table.states[state].items(), key=lambda item: item[0]
                )
            }
            for state in numbers
        ],
        start=numbers[table.start_states["start"]],
        end=numbers[table.end_states["start"]],
    )
