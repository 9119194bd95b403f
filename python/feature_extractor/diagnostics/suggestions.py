"""Finds the name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable


def distance(left: str, right: str, limit: int) -> int:
    """Return the Damerau-Levenshtein distance (optimal string alignment), or ``limit + 1`` if it is
    larger.

    Insertion, deletion, substitution and the swap of two neighbours count one each. F. J. Damerau,
    "A technique for computer detection and correction of spelling errors", Communications of the ACM 7(3), 1964.
    """
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before_last: list[int] = []
    last = list(range(len(right) + 1))
    for row, character in enumerate(left, 1):
        current = [row]
        for column, other in enumerate(right, 1):
            cost = min(
                last[column] + 1,
                current[column - 1] + 1,
                last[column - 1] + (character != other),
            )
            if row > 1 and column > 1 and character == right[column - 2] and left[row - 2] == other:
                cost = min(cost, before_last[column - 2] + 1)
            current.append(cost)
        if min(current) > limit:
            return limit + 1
        before_last, last = last, current
    return min(last[-1], limit + 1)


def closest(word: str, *groups: Iterable[str]) -> str | None:
    """Return the candidate most like ``word``, or None where none is near.

    Earlier groups win over later ones: names in scope come before names from elsewhere. About one
    mistake in three characters is forgiven; the comparison ignores case, so that ``Age`` finds
    ``age``.
    """
    if len(word) > 100:
        return None
    folded = word.casefold()
    limit = max(1, len(word) // 3)
    for group in groups:
        best: tuple[int, str] | None = None
        for candidate in group:
            if candidate == word:
                continue
            found = distance(folded, candidate.casefold(), limit)
            if found > limit or found >= max(len(word), len(candidate)):
                continue
            if best is None or (found, candidate) < best:
                best = (found, candidate)
        if best is not None:
            return best[1]
    return None


def did_you_mean(word: str, *groups: Iterable[str]) -> str:
    """Return a sentence that proposes the closest candidate, or an empty string."""
    found = closest(word, *groups)
    return f"did you mean `{found}`?" if found else ""


def enumerate_words(words: Iterable[str], conjunction: str = "or") -> str:
    """Return the words as a phrase: ``a, b or c``."""
    listed = list(words)
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} {conjunction} {listed[-1]}"
