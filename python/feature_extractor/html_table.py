"""Tables of the pages that the package writes, which need neither scripts nor a network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def html_table(
    header: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int] = ()
) -> str:
    """Return a table of cells that are HTML already; the columns ``numbers`` have the class ``n``, for the right."""
    right = set(numbers)

    def line(tag: str, cells: Sequence[str]) -> str:
        made = (
            f"<{tag}{' class=n' if i in right else ''}>{cell}</{tag}>"
            for i, cell in enumerate(cells)
        )
        return f"<tr>{''.join(made)}</tr>"

    body = "".join(line("td", row) for row in rows)
    return f"<table><thead>{line('th', header)}</thead><tbody>{body}</tbody></table>"
