"""How large a program may be, so that hostile input gets an answer soon instead of a hang.

The numbers are far above what people write by hand and above what programs that write features
need. They bound the work of the parser and, together with the checker's budget, of the whole
compilation.
"""

from typing import Final

MAXIMUM_FILE_CHARACTERS: Final = 1 << 20
"""Characters in one file: about ten thousand features."""

MAXIMUM_STATEMENTS: Final = 10_000
"""Statements in one file."""

MAXIMUM_STATEMENT_CHARACTERS: Final = 1 << 16
"""Characters in one statement; a list of ten thousand short numbers fits."""

MAXIMUM_BRACKETS: Final = 64
"""Brackets open at the same time."""

MAXIMUM_DEPTH: Final = 200
"""Nodes on the longest path from an expression to its leaves."""

MAXIMUM_LITERAL_CHARACTERS: Final = 1 << 15
"""Characters in one string literal."""

MAXIMUM_NAME_CHARACTERS: Final = 200
"""Characters in one name."""

MAXIMUM_ERRORS: Final = 200
"""Mistakes that are reported for one file; the rest would not be read."""
