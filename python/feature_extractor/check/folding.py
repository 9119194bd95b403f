"""What the checker computes itself, because constants must be known to it.

That is arithmetic on int literals, and the items of constant lists.
"""

from __future__ import annotations

from feature_extractor.check.typed import Constant, Expression, Literal
from feature_extractor.check.unification import is_int
from feature_extractor.syntax.literals import LARGEST_INT


def fold_integers(operator: str, left: Literal, right: Literal) -> int | None:
    """Return the value of arithmetic on two int literals, or None where it is left to run time.

    This makes ``2 ** 20`` an int constant. Results that do not fit 64 bits are not folded.
    """
    if not (is_int(left.type) and is_int(right.type)):
        return None
    x, y = left.value, right.value
    assert isinstance(x, int) and isinstance(y, int)
    match operator:
        case "+":
            result = x + y
        case "-":
            result = x - y
        case "*":
            result = x * y
        case "//" if y != 0:
            result = x // y
        case "%" if y != 0:
            result = x % y
        case "**" if 0 <= y <= 63:
            result = x**y
        case _:
            return None
    return result if -LARGEST_INT - 1 <= result <= LARGEST_INT else None


def constant_item(base: Expression, index: Expression) -> Constant:
    """Return the item of a constant list at a constant position, or None where that is left to run time.

    This makes ``caps.values[0]`` a constant that is never null.
    """
    if not (isinstance(base, Literal) and isinstance(index, Literal) and is_int(index.type)):
        return None
    items, position = base.value, index.value
    assert isinstance(position, int)
    if not isinstance(items, tuple) or not 0 <= position < len(items):
        return None
    return items[position]
