"""The table of each operator answers what its signature makes one ask.

The questions are data: which operators they are put to, and which words an answer has. Null arguments, overflow, NaN
and the unit of texts have one rule for all operators, which stands at the top of each page; where values make null of
arguments that are not null is asked by ``test_stated_nulls``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from feature_extractor.registry import Operator
from feature_extractor.testing.programs import registry

CALLABLE = [
    op for op in registry().operators if not op.hidden and op.role not in ("hidden", "planner")
]


def _parameters(operator: Operator) -> str:
    """Return the types of all parameters that need not be constant, without those of lambdas."""
    texts = [o.signature_text.split(") ->")[0] for o in operator.overloads]
    return re.sub(r"const \w+(<\w+>)?(\[[^\]]*\]|\{[^}]*\})?", "", " ".join(texts))


def _results(operator: Operator) -> str:
    return " ".join(o.signature_text.split(") ->")[1] for o in operator.overloads)


def _said(operator: Operator) -> str:
    edges = [f"{edge.when} {edge.result}" for edge in operator.edges]
    return " ".join([operator.summary, operator.detail, *edges]).lower()


def _takes(pattern: str) -> Callable[[Operator], bool]:
    wanted = re.compile(pattern)
    return lambda operator: bool(wanted.search(_parameters(operator)))


def _is_named(pattern: str) -> Callable[[Operator], bool]:
    wanted = re.compile(pattern)
    return lambda operator: bool(wanted.search(operator.name))


@dataclass(frozen=True)
class Question:
    """What one asks of some operators, and by which words an answer is known.

    ``free`` holds the operators to which the question does not apply, each with the reason.
    """

    text: str
    asked: Callable[[Operator], bool]
    answer: str
    free: dict[str, str] = field(default_factory=dict)


_WHOLE = "takes texts as a whole: no unit of theirs shows"
_AT_ASCII = "cuts only at signs of ASCII"

QUESTIONS = [
    Question(
        "what does an empty list give?",
        _takes(r"list<"),
        r"empty|fewer|no element|none|outside|no terms|there are no|at the end|longer|another length|nothing",
        {"if": "does not look into the lists that it takes"},
    ),
    Question(
        "what does a null element do?",
        _takes(r"list<"),
        r"null",
    ),
    Question("what do the keys of a map do?", _takes(r"map<"), r"empty|key|entr|order"),
    Question(
        "what if an input map holds a key twice?",
        _takes(r"map<"),
        r"key twice|name twice",
        {"contains": "asks only whether there is one"},
    ),
    Question(
        "in which unit are texts counted, cut and compared?",
        _takes(r": string\b"),
        r"code point|character|letter|utf-8|byte|unicode|ascii|white space|json|digit|grapheme",
        {
            "concat": _WHOLE,
            "lookup": _WHOLE,
            "ip_prefix": _WHOLE,
            "parse_map": "cuts at whole texts, and leaves what stands between them as it is",
            "regex_count": "counts what `regex_extract_all` lists, which says it",
            "regex_split": "is `regex_match` again and again, which says it",
            "url_path": _AT_ASCII,
            "url_query": _AT_ASCII,
            "user_agent_browser": "looks for words of ASCII",
            "user_agent_device": "looks for words of ASCII",
            "user_agent_os": "looks for words of ASCII",
        },
    ),
    Question(
        "are upper and lower case the same?",
        _is_named(
            r"^(contains|index_of|count_substring|split|replace|replace_many|starts_with|ends_with|like|equal|"
            r"common_prefix_length|remove_stopwords|tokenize|parse_bool|geohash_.*tude|geohash_neighbors|"
            r"user_agent_.*|soundex|metaphone|jaro|levenshtein|hex|unhex|normalize)$"
        ),
        r"case|capital|lower|code point",
    ),
    Question(
        "which of two equal values comes first?",
        _is_named(r"^(arg|max_by|min_by|sort|top|rank|mode$|cumulative_share)"),
        r"equal|tie|same|stable|first",
    ),
    Question(
        "which of two equal keys counts?",
        _is_named(
            r"^(parse_(map|.*weights|query)|map_from|json_map|count_values|group_|distinct(_by)?$|union$)"
        ),
        r"twice|again|several|first|last|once|each key|equal",
    ),
    Question(
        "what does a number of elements, places or times below the least one do?",
        _takes(
            r"\b(count|size|index|start|window|lag|months|buckets|position|low_bits|precision)\b: int\b"
        ),
        r"negative|below|less than|outside|no such|before the beginning",
    ),
    Question(
        "where the result is an instant of local time: what if there is no such time, or two?",
        lambda op: ": zone" in _parameters(op) and "timestamp" in _results(op),
        r"(forward|gap).*(twice|earlier)",
    ),
    Question(
        "in which time zone is the calendar read?",
        lambda op: ": zone" in _parameters(op),
        r"local|zone",
    ),
    Question(
        "how long may a text grow whose length a number says?",
        lambda op: (
            op.name in ("repeat", "pad_start", "pad_end", "join", "replace", "replace_many")
            or (
                "string" in _results(op)
                and bool(re.search(r"\b(count|size): int\b", _parameters(op)))
            )
        ),
        r"1,048,576",
        {"substring": "makes a text no longer"},
    ),
    Question(
        "how long may a list grow whose length a number says?",
        lambda op: (
            op.family == "list"
            and "list<" in _results(op)
            and bool(re.search(r"\b(count|size): int\b", _parameters(op)))
            and not re.search(
                r"\b(xs|x): (list|string)", _parameters(op).replace("xs: list<T>, size", "")
            )
        ),
        r"4,096",
    ),
    Question(
        "what of the bits that do not fit?",
        lambda op: op.family == "bit" and bool(re.search(r"shift|extend", op.name)),
        r"lost|64 or more|left out",
    ),
    Question(
        "where does an angle or a distance begin to have no place on earth?",
        lambda op: op.family == "geo" and "latitude: float" in _parameters(op),
        r"out of its range|beyond",
    ),
]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.text)
def test_operators_answer(question: Question) -> None:
    asked = [operator for operator in CALLABLE if question.asked(operator)]
    assert len(asked) > 1, "a question that nobody is asked"
    silent = [op.name for op in asked if not re.search(question.answer, _said(op), re.DOTALL)]
    assert sorted(set(silent) - set(question.free)) == []
    needless = set(question.free) - set(silent)
    assert not needless, f"these answer, and need no reason why not: {needless}"


@pytest.mark.parametrize("operator", CALLABLE, ids=lambda operator: operator.name)
def test_since_and_cost_are_told(operator: Operator) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", operator.since)
    assert any(any(o.cost.values()) for o in operator.overloads if o.cost)


@pytest.mark.parametrize("operator", CALLABLE, ids=lambda operator: operator.name)
def test_edges_say_something(operator: Operator) -> None:
    """No edge is there twice, and none is vague where a value can be named."""
    whens = [edge.when for edge in operator.edges]
    assert len(set(whens)) == len(whens)
    vague = r"\b(undefined|unspecified|implementation|may vary|depends on the (machine|platform))\b"
    for edge in operator.edges:
        assert edge.when.strip() and edge.result.strip()
        assert not re.search(vague, f"{edge.when} {edge.result}")
        assert edge.when.casefold() != edge.result.casefold()
