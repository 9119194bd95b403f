"""Random programs as texts: any syntax, written with any white space and comments."""

from __future__ import annotations

import random
import re

from hypothesis import strategies as st

TOKEN = re.compile(
    r'"""(?:[^"\\]|\\[\s\S])*"""|[bt]?"(?:[^"\\\n]|\\.)*"|\d+(?:\.\d+)?(?:[eE]-?\d+)?\w*|\w+'
    r"|->|\?\?|\*\*|//|[=!<>]=|[^\w\s]"
)
NAMES = ("a", "clicks", "history", "e", "a_much_longer_name_of_a_value_in_the_program", "now")
LITERALS = (
    "0", "12", "1_000_000", "0x1F", "1.5", "1e-3", "30d", "1d12h", '"text"', '"a # b \\" c"', '"é 漢字"',
    'b"\\x00"', 't"2026-01-31T12:00:00Z"', "true", "false", "null",
    '"a text that is long enough to make many a line too long for its width, whatever stands before"',
)  # fmt: skip
INFIX = ("??", "or", "and", "+", "-", "*", "/", "//", "%", "**")
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", "in", "not in")
TYPES = (
    "int",
    "string?",
    "list<float>",
    "map<string, list<int>>?",
    "vector<32>",
    "{x: int, y: {z: bool?},}?",
)
COMMENTS = ("# remark", "#tight", "##", "#", '# with "quotes" and (', "#! x")


class _Writer:
    """Writes programs with the choices of a generator."""

    def __init__(self, generator: random.Random, comments: bool) -> None:
        self.random = generator
        self.comments = comments

    def name(self) -> str:
        return self.random.choice(NAMES)

    def several(self, most: int, part: str, depth: int) -> str:
        """Return items between commas, perhaps with one behind the last."""
        shown = [getattr(self, part)(depth) for _ in range(self.random.randint(0, most))]
        comma = "," if shown and self.random.random() < 0.2 else ""
        return ", ".join(shown) + comma

    def argument(self, depth: int) -> str:
        named = f"{self.name()} = " if self.random.random() < 0.3 else ""
        return named + self.expression(depth)

    def member(self, depth: int) -> str:
        return f"{self.name()}: {self.expression(depth)}"

    def parameter(self, depth: int) -> str:
        default = f" = {self.expression(depth)}" if self.random.random() < 0.4 else ""
        return self.name() + default

    def simple(self, depth: int) -> str:
        """Return an expression to which a dot can be added."""
        choice = self.random.randrange(4 if depth <= 0 else 12)
        if choice < 2:
            return self.name()
        if choice < 4:
            return self.random.choice(LITERALS)
        if choice == 4:
            return f"({self.expression(depth - 1)})"
        if choice == 5:
            return f"[{self.several(5, 'expression', depth - 1)}]"
        if choice == 6:
            return f"{{{self.member(depth - 1)}, {self.member(depth - 1)}}}"
        if choice == 7:
            return f"{self.name()}({self.several(3, 'argument', depth - 1)})"
        if choice == 8:
            return f"{self.simple(depth - 1)}[{self.expression(depth - 1)}]"
        if choice == 9:
            return f"{self.simple(depth - 1)} . {self.name()}"
        return f"{self.simple(depth - 1)}.{self.name()}({self.several(3, 'argument', depth - 1)})"

    def expression(self, depth: int) -> str:
        choice = self.random.randrange(10)
        if depth <= 0 or choice < 4:
            return self.simple(depth)
        if choice == 4:
            return f"{self.name()} -> {self.expression(depth - 1)}"
        if choice == 5:
            parts = [self.expression(depth - 1) for _ in range(3)]
            return f"if {parts[0]} then {parts[1]} else {parts[2]}"
        if choice == 6:
            return f"- {self.simple(depth - 1)}"
        if choice == 7:
            other = self.random.choice(COMPARISONS)
            return f"not {self.simple(depth - 1)} {other} {self.simple(depth - 1)}"
        rest = (
            f" {self.random.choice(INFIX)} {self.simple(depth - 1)}"
            for _ in range(self.random.randint(1, 4))
        )
        return self.simple(depth - 1) + "".join(rest)

    def field(self) -> str:
        text = '"What it is." ' if self.random.random() < 0.2 else ""
        names = ", ".join(self.name() for _ in range(self.random.randint(1, 3)))
        comma = self.random.choice(("", ","))
        return f"{text}{names}: {self.random.choice(TYPES)}{comma}"

    def statement(self) -> list[str]:
        value = self.expression(3)
        match self.random.randrange(7):
            case 0:
                fields = " ".join(self.field() for _ in range(self.random.randint(0, 4)))
                return [f"input request {{ {fields} }}"]
            case 1:
                types = self.random.choice(("", "<int, {x: float}>"))
                place = self.random.choice(("table", "fit.moments"))
                return [
                    f"resource {self.name()} = {place}{types}({self.several(3, 'argument', 1)})"
                ]
            case 2:
                parameters = f"({self.several(3, 'parameter', 1)})"
                return [f"let {self.name()}{parameters} = {value}"]
            case 3:
                return [f'use "a/b.fx"{self.random.choice(("", " as b"))}']
            case 4:
                kind = self.random.choice(("dense", "id(8)", "ids(2 ** 20, max = 16)", "text()"))
                return [
                    *self.random.choice(([], ['"About it."'], ['"""About it.  \n\n   More.\n"""'])),
                    *self.random.choice(([], ['@owner("team")'])),
                    f"feature {self.name()} : {kind} = {value}",
                ]
            case _:
                return [f"let {self.name()} = {value}"]

    def program(self) -> str:
        lines = ['"""A program."""'] if self.random.random() < 0.3 else []
        for _ in range(self.random.randint(0, 4)):
            lines += self.statement()
        text = loosely_written("\n".join(lines), self.random, self.comments)
        return text.replace("\n", "\r\n") if self.random.random() < 0.1 else text


@st.composite
def programs(draw: st.DrawFn, comments: bool = True) -> str:
    """Return programs that parse; names in them mean nothing."""
    return _Writer(draw(st.randoms(use_true_random=False)), comments).program()


def loosely_written(text: str, generator: random.Random, comments: bool = False) -> str:
    """Return a program with other white space, and perhaps with comments, between its tokens."""
    result: list[str] = []
    place = 0
    for token in TOKEN.finditer(_without_comments(text)):
        between = _without_comments(text)[place : token.start()]
        begins = "\n" in between and not between.endswith((" ", "\t"))
        place = token.end()
        if begins or token.start() == 0:
            result.append(_line_break(between, generator, comments) if result else "")
        else:
            result.append(_gap(result[-1], token.group(), bool(between), generator, comments))
        result.append(token.group())
    if comments and generator.random() < 0.3:
        result.append("  # end\n\n# last")
    return "".join(result) + generator.choice(("", "\n", "\n\n\n"))


def damaged(text: str, generator: random.Random, times: int) -> str:
    """Return a program of which tokens are deleted, doubled, swapped or put elsewhere."""
    tokens = re.findall(r'"(?:[^"\\\n]|\\.)*"|\w+|\s+|[^\w\s]', text)
    for _ in range(times):
        if not tokens:
            break
        place, other = generator.randrange(len(tokens)), generator.randrange(len(tokens))
        match generator.randrange(4):
            case 0:
                del tokens[place]
            case 1:
                tokens.insert(place, tokens[place])
            case 2:
                tokens[place], tokens[other] = tokens[other], tokens[place]
            case _:
                tokens[place] = generator.choice(
                    ("(", ")", "[", "]", "{", "}", '"', '"""', "->", "\n")
                )
    return "".join(tokens)


def _without_comments(text: str) -> str:
    return re.sub(r'("""(?:[^"\\]|\\[\s\S])*"""|"(?:[^"\\\n]|\\.)*")|#[^\n]*', r"\1", text)


def _line_break(between: str, generator: random.Random, comments: bool) -> str:
    """Return what stands between two statements; blank lines stay where there were any."""
    breaks = "\n" if between.count("\n") < 2 else "\n" * generator.randint(2, 4)
    if not comments or generator.random() < 0.7:
        return breaks
    return f"  {generator.choice(COMMENTS)}{breaks}{generator.choice(COMMENTS)}\n"


def _gap(before: str, token: str, needed: bool, generator: random.Random, comments: bool) -> str:
    choice = generator.random()
    if comments and choice < 0.08:
        return f" {generator.choice(COMMENTS)}\n  "
    if comments and choice < 0.12:
        return f"\n\n    {generator.choice(COMMENTS)}\n    {generator.choice(COMMENTS)}\n  "
    if choice < 0.3:
        return generator.choice(("\n  ", "   ", "\t", "\n\n    "))
    glued = needed or (before[-1:].isalnum() and token[:1].isalnum())
    return " " if glued else ""
