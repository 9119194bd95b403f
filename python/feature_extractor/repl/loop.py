"""Runs a session: takes entries, answers them, and never ends for a mistake."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from feature_extractor.check.typed import Expression
from feature_extractor.cli.console import (
    print_error,
    visible,
    wants_colour,
    write_rendered,
)
from feature_extractor.cli.failures import CommandError
from feature_extractor.cli.writing import write_text
from feature_extractor.diagnostics import Diagnostic, render
from feature_extractor.diagnostics.suggestions import closest
from feature_extractor.errors import CompileError, EngineError, FeatureExtractorError
from feature_extractor.extraction import Ids
from feature_extractor.format import format_text
from feature_extractor.literals import literal
from feature_extractor.repl.completion import Proposal, proposals
from feature_extractor.repl.entries import is_command, is_statement
from feature_extractor.repl.reading import EntryReader
from feature_extractor.repl.session import MOST_ROWS, Session, SessionError, domain_of
from feature_extractor.repl.tables import load
from feature_extractor.wording import counted

COMMANDS: Final = {
    "help": ("", "this text"),
    "load": (
        "FILE [ROWS]",
        f"take rows from a table, the first {MOST_ROWS:,} if ROWS does not say otherwise",
    ),
    "rows": ("N", "show so many rows, 5 at first"),
    "type": ("EXPRESSION", "the type of an expression, and how often it is computed"),
    "explain": ("EXPRESSION", "the steps that compute it, and what they cost"),
    "run": ("[FEATURE ...]", "compute the features that were declared"),
    "ops": ("[WORD]", "look operators up, as `fx ops` does"),
    "show": ("", "the program so far"),
    "drop": ("NAME", "take a declaration away"),
    "reset": ("", "take all declarations away; the rows stay"),
    "save": ("FILE", "write the program so far, formatted"),
    "quit": ("", "leave; so does Ctrl-D"),
}

_PER = {"constant": "constant", "request": "per request", "candidate": "per candidate"}


class Loop:
    """Answers entries on standard output. ``failed`` tells whether an entry had a mistake."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.failed = False
        self._ended = False

    def propose(self, text: str) -> list[Proposal]:
        """Return how an entry may go on; a mistake in it is no reason to fail."""
        remarks = {name: summary for name, (_, summary) in COMMANDS.items()}
        try:
            return proposals(self.session, text, remarks)
        except (FeatureExtractorError, OSError):
            return []

    def run(self, reader: EntryReader) -> None:
        """Take entries until they end."""
        for entry in reader.entries():
            if entry is not None:
                self.answer(entry)
            if self._ended:
                return

    def answer(self, entry: str) -> None:
        """Answer one entry."""
        try:
            if is_command(entry):
                self._command(entry.strip())
            elif is_statement(entry):
                self._declare(entry)
            else:
                self._evaluate(entry)
        except CompileError as error:
            self._fail()
            _print_findings(list(error.diagnostics))
        except (SessionError, EngineError) as error:
            self._fail(str(error))
        except CommandError as error:
            self._fail(error.message, error.hint)
        except FeatureExtractorError as error:
            self._fail(str(error))
        except OSError as error:
            self._fail(f"{error.filename or ''}: {error.strerror or error}".removeprefix(": "))
        except KeyboardInterrupt:
            self._fail("interrupted")
        except MemoryError:
            self._fail("out of memory")
        sys.stdout.flush()

    def _fail(self, message: str = "", hint: str = "") -> None:
        self.failed = True
        sys.stdout.flush()
        if message:
            print_error(message, hint)

    # ---- the program -----------------------------------------------------------------------------

    def _declare(self, entry: str) -> None:
        new, replaced, found = self.session.declare(entry)
        _print_findings(found)
        analysis = self.session.analysis()
        inputs = analysis.program.inputs if analysis.program is not None else ()
        for name in [*new, *replaced]:
            again = "  (before it was another)" if name in replaced else ""
            if name.startswith("input "):
                domain = name.removeprefix("input ")
                count = sum(declared.domain == domain for declared in inputs)
                print(f"{name}: {counted(count, 'field')}{again}")
                continue
            value = analysis.values.get(name.rpartition(" ")[2])
            print(f"{name}{_typed(value) if value is not None else ''}{again}")

    def _evaluate(self, entry: str) -> None:
        type_, domain, values = self.session.evaluate(entry)
        print(f"{type_}  ({_PER[domain]})")
        if domain == "constant" or values:
            self._print_values([literal(value, type_) for value in values], domain)
        elif self.session.rows is None:
            print("no rows to compute it on: `:load FILE` takes some")
        else:
            print("the table has no rows")

    def _print_values(self, shown: list[str], domain: str) -> None:
        if domain == "constant":
            print(visible(shown[0]))
            return
        width = len(str(len(shown)))
        for number, text in enumerate(shown, 1):
            print(f"{number:{width}}  {visible(text)}")

    # ---- commands --------------------------------------------------------------------------------

    def _command(self, entry: str) -> None:
        name, _, rest = entry[1:].strip().partition(" ")
        rest = rest.strip()
        matching = [command for command in COMMANDS if command.startswith(name)] if name else []
        if name not in COMMANDS and len(matching) != 1:
            meant = closest(name, COMMANDS)
            hint = f"Did you mean `:{meant}`?" if meant else "`:help` lists the commands."
            self._fail(f"there is no command `:{name}`", hint)
            return
        command = name if name in COMMANDS else matching[0]
        form = COMMANDS[command][0]
        if form and not form.startswith("[") and not rest:
            raise SessionError(f"write `:{command} {form}`")
        do: dict[str, Callable[[str], None]] = {
            "help": self._help,
            "load": self._load,
            "rows": self._rows,
            "type": self._type,
            "explain": self._explain,
            "run": self._run,
            "ops": self._ops,
            "show": self._show,
            "drop": self._drop,
            "reset": self._reset,
            "save": self._save,
            "quit": self._quit,
        }
        do[command](rest)

    def _help(self, _: str) -> None:
        print("Enter an expression to see its values, or a statement to declare something.\n")
        width = max(len(f":{name} {form}") for name, (form, _) in COMMANDS.items())
        for name, (form, summary) in COMMANDS.items():
            print(f"  {f':{name} {form}':{width}}  {summary}")
        print("\nAn entry goes on in the next line inside of brackets and behind an operator.")

    def _load(self, rest: str) -> None:
        path, _, count = rest.rpartition(" ")
        rows = MOST_ROWS
        if path and count.replace("_", "").isdecimal():
            rows = max(1, int(count))
        else:
            path = rest
        path = os.path.expanduser(path.strip().strip('"'))
        found, remarks = load(self.session, path, rows)
        for remark in remarks:
            print(visible(remark))
        print(f"{counted(found, 'row')} of {visible(path)}")

    def _rows(self, rest: str) -> None:
        if not rest.isdecimal() or not 1 <= int(rest) <= 100_000:
            raise SessionError("write a number of rows from 1 to 100,000: `:rows 5`")
        self.session.shown_rows = int(rest)

    def _type(self, rest: str) -> None:
        expression, _ = self.session.checked(rest)
        print(f"{expression.type}  ({_PER[domain_of(expression)]})")

    def _explain(self, rest: str) -> None:
        from feature_extractor.explain import explain, feature_text

        plan, manifest = self.session.plan(rest)
        explanation = explain(plan, self.session.registry, manifest)
        for feature in explanation.features:
            sys.stdout.write(feature_text(explanation, feature))

    def _run(self, rest: str) -> None:
        from rich.table import Table
        from rich.text import Text

        names, extraction = self.session.features(rest.replace(",", " ").split())
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for name in names:
            table.add_column(Text(name), overflow="fold")
        columns = [_shown(extraction[name]) for name in names]
        for row in zip(*columns, strict=True):
            table.add_row(*(Text(visible(cell)) for cell in row))
        write_rendered(sys.stdout, table)

    def _ops(self, rest: str) -> None:
        from feature_extractor.cli.commands.ops import command

        assert command.callback is not None
        if command.callback(rest or None, None, "text"):
            self.failed = True

    def _show(self, _: str) -> None:
        text = self.session.text
        print(format_text(text).rstrip("\n") if text else "nothing is declared yet")

    def _drop(self, rest: str) -> None:
        self.session.drop(rest)

    def _reset(self, _: str) -> None:
        self.session.declared.clear()

    def _save(self, rest: str) -> None:
        path = Path(os.path.expanduser(rest))
        if not self.session.text:
            raise SessionError("nothing is declared yet, so there is nothing to save")
        if path.suffix != ".fx":
            raise SessionError("the name of a program ends in `.fx`")
        write_text(path, format_text(self.session.text))
        print(f"{visible(str(path))}: {counted(len(self.session.declared), 'declaration')}")

    def _quit(self, _: str) -> None:
        self._ended = True


def _typed(value: Expression) -> str:
    return f" : {value.type}  ({_PER[domain_of(value)]})"


def _shown(values: object) -> list[str]:
    """Return the values of a feature, a text per row."""
    if isinstance(values, Ids):
        if values.weights is None:
            return [str(row) for row in values.to_list()]
        rows = []
        for row, ids in enumerate(values.to_list()):
            weights = values.weights[values.offsets[row] : values.offsets[row + 1]]
            rows.append(", ".join(f"{i}: {w:.6g}" for i, w in zip(ids, weights, strict=True)))
        return [f"{{{row}}}" for row in rows]
    if isinstance(values, list):
        return [repr(value) for value in values]
    shown = []
    for value in values:  # type: ignore[attr-defined]
        if getattr(value, "ndim", 0):
            shown.append("[" + ", ".join(f"{float(item):.6g}" for item in value) + "]")
        else:
            shown.append(f"{float(value):.7g}" if value.dtype.kind == "f" else str(value))
    return shown


def _print_findings(found: list[Diagnostic]) -> None:
    if found:
        sys.stdout.write(render(found, colour=wants_colour(sys.stdout)))
