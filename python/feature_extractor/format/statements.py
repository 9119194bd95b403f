"""The one style: says for each statement, type and expression where its lines may break.

docs/design/0011-format.md gives the reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from feature_extractor.format.document import (
    HARD,
    LINE,
    SOFT,
    Beside,
    CommentBehind,
    Document,
    Filled,
    Group,
    IfBroken,
    Indented,
    print_document,
)
from feature_extractor.format.reading import FormatError, TokenReader
from feature_extractor.syntax.grouping import LEVELS
from feature_extractor.syntax.tree import (
    Annotation,
    Argument,
    Binary,
    Call,
    Conditional,
    Description,
    Expression,
    FeatureDeclaration,
    FieldAccess,
    File,
    Identifier,
    Index,
    InputDeclaration,
    LambdaExpression,
    LetDeclaration,
    ListLiteral,
    Literal,
    NamedType,
    Parameter,
    Parenthesised,
    ResourceDeclaration,
    Statement,
    StructLiteral,
    StructTypeExpression,
    TypeExpression,
    Unary,
    UseDeclaration,
)

T = TypeVar("T")

_BROKEN_CHAIN = 2
"""A chain of so many method calls is broken at its dots; a shorter one inside its brackets."""


def format_file(file: File) -> str:
    """Return the text of a file without mistakes, in the one style."""
    reader = TokenReader(file)
    layout = _Layout(reader)
    lines: list[str] = []
    joined = True
    for index, statement in enumerate(file.statements):
        for comment, blank in reader.take_comments():
            if blank and not joined:
                lines.append("")
            lines.append(comment)
            joined = joined and index > 0
        if reader.blank and not joined and lines:
            lines.append("")
        lines.extend(layout.statement(statement))
        joined = isinstance(statement, Description | Annotation)
        describes_file = index == 0 and isinstance(statement, Description) and statement.is_long
        if describes_file and (len(file.statements) > 1 or reader.has_comment_above()):
            lines.append("")
    if reader.next:
        raise FormatError(f"`{reader.next}` is left over")
    for comment, blank in reader.take_comments():
        if blank and lines and lines[-1]:
            lines.append("")
        lines.append(comment)
    return "".join(f"{line}\n" for line in lines)


class _Layout:
    """Makes documents while it takes the tokens in the order in which they were written."""

    def __init__(self, reader: TokenReader) -> None:
        self._reader = reader
        self._take = reader.take

    # ---- statements ------------------------------------------------------------------------------

    def statement(self, statement: Statement) -> list[str]:
        """Return the lines of a statement."""
        take = self._take
        document: Document
        match statement:
            case Description():
                return self._description()
            case InputDeclaration():
                document = self._input(statement)
            case ResourceDeclaration():
                document = [
                    take("resource"),
                    " ",
                    take(),
                    " ",
                    take("="),
                    self._resource(statement),
                ]
            case LetDeclaration():
                document = [take("let"), " ", take()]
                if statement.parameters is not None:
                    document.append(self._bracketed(statement.parameters, self._parameter))
                document += [" ", take("="), self._beside(statement.value)]
            case FeatureDeclaration():
                document = [take("feature"), " ", take(), " ", take(":"), " ", take()]
                if self._reader.next == "(":
                    document.append(self._bracketed(statement.kind.arguments, self._argument))
                document += [" ", take("="), self._beside(statement.value)]
            case Annotation():
                document = [take("@"), take()]
                document.append(self._bracketed(statement.arguments, self._argument))
            case UseDeclaration():
                document = [take("use"), " ", take()]
                if statement.alias is not None:
                    document += [" ", take("as"), " ", take()]
            case _:
                raise FormatError(type(statement).__name__)
        return print_document(document)

    def _description(self) -> list[str]:
        """Return the lines of a text as they are, but for white space at their ends."""
        text = self._reader.next
        taken = self._take()
        lines = [line.rstrip() for line in text.split("\n")]
        for part in taken if isinstance(taken, list) else ():
            if isinstance(part, CommentBehind):
                lines[-1] += f"  {part.text}"
        return lines

    def _input(self, statement: InputDeclaration) -> Document:
        take = self._take
        document: list[Document] = [take("input"), " ", take(), " ", take("{")]
        body: list[Document] = []
        for field in statement.fields:
            body += [*self._comment_lines(body), HARD]
            if self._reader.next.startswith('"'):
                body += [take(), HARD]
            for index in range(len(field.names)):
                body += [take(","), " "] if index else []
                body.append(take())
            body += [take(":"), " ", self._type(field.type), self._reader.take_comma()]
        if self._reader.has_comment_above():
            body += self._comment_lines(body)
            while len(body) > 1 and body[-1] is HARD:
                body.pop()
        if body:
            document += [Indented(body), HARD]
        return [*document, take("}")]

    def _comment_lines(self, before: Sequence[Document]) -> list[Document]:
        """Return the comments above the next token of a block, with one blank line where there are any."""
        blank_before_token = self._reader.blank
        lines: list[Document] = []
        for comment, blank in self._reader.take_comments():
            if blank and (before or lines):
                lines.append(HARD)
            lines += [HARD, comment]
        if blank_before_token and (before or lines):
            lines.append(HARD)
        return lines

    def _resource(self, statement: ResourceDeclaration) -> Document:
        below = self._reader.has_comment_above()
        value: list[Document] = [self._take()]
        while self._reader.next == ".":
            value += [self._take("."), self._take()]
        if statement.types:
            value.append(self._type_arguments(statement.types))
        value.append(self._bracketed(statement.arguments, self._argument))
        return Beside(value, hugs=True, below=below)

    def _parameter(self, parameter: Parameter) -> Document:
        document: list[Document] = [self._take()]
        if parameter.default is not None:
            document += [" ", self._take("="), " ", self._expression(parameter.default)]
        return document

    # ---- types -----------------------------------------------------------------------------------

    def _type(self, written: TypeExpression) -> Document:
        document: list[Document]
        match written:
            case NamedType(arguments=arguments):
                document = [self._take()]
                if arguments:
                    document.append(self._type_arguments(arguments))
            case StructTypeExpression(fields=fields):
                document = [self._bracketed(fields, self._type_member)]
            case _:
                document = [self._take()]
        if written.nullable:
            document.append(self._take("?"))
        return document

    def _type_arguments(self, arguments: Sequence[TypeExpression]) -> Document:
        document: list[Document] = [self._take("<")]
        for index, argument in enumerate(arguments):
            document += [self._take(","), " "] if index else []
            document.append(self._type(argument))
        return [*document, self._take(">")]

    def _type_member(self, member: tuple[Identifier, TypeExpression]) -> Document:
        return [self._take(), self._take(":"), " ", self._type(member[1])]

    # ---- expressions -----------------------------------------------------------------------------

    def _beside(self, value: Expression) -> Document:
        below = self._reader.has_comment_above()
        return Beside(self._expression(value), _hugs(value), below)

    def _expression(self, expression: Expression) -> Document:
        take = self._take
        match expression:
            case ListLiteral(items=items):
                return self._bracketed(items, self._expression)
            case StructLiteral(members=members):
                return self._bracketed(members, self._member)
            case Parenthesised(inner=inner):
                return self._enclosed(inner)
            case Unary(operator=operator, operand=operand):
                sign = [take(), " "] if operator == "not" else [take()]
                return [*sign, self._expression(operand)]
            case Binary():
                return self._operation(expression)
            case Conditional():
                return self._conditional(expression)
            case LambdaExpression(body=body):
                return [take(), " ", take("->"), self._beside(body)]
            case FieldAccess() | Index() | Call(receiver=Expression()):
                return self._chain(expression)
            case Call(arguments=arguments):
                return [take(), self._bracketed(arguments, self._argument)]
            case _:
                return take()

    def _argument(self, argument: Argument) -> Document:
        if argument.name is None:
            return self._expression(argument.value)
        return [self._take(), " ", self._take("="), " ", self._expression(argument.value)]

    def _member(self, member: tuple[Identifier, Expression]) -> Document:
        return [self._take(), self._take(":"), " ", self._expression(member[1])]

    def _enclosed(self, inner: Expression) -> Document:
        """Return an expression in round or square brackets that is not a list."""
        start = self._reader.position
        opening = self._take()
        body = self._expression(inner)
        closing = [self._comments_inside(), SOFT, self._take()]
        forced = self._reader.is_commented(start)
        return Group([opening, Indented([SOFT, body]), *closing], forced)

    def _bracketed(self, items: Sequence[T], show: Callable[[T], Document]) -> Document:
        """Return brackets with items between commas: on one line, or each on its own.

        Numbers go many to a line, because boundaries and weights are read as a row.
        """
        start = self._reader.position
        opening = self._take()
        entries: list[Document] = []
        embraces = len(items) == 1 and _embraces(items[0]) and not self._reader.has_comment_above()
        for index, item in enumerate(items):
            shown = show(item)
            if index < len(items) - 1:
                entries.append([shown, self._take(",")])
            elif embraces:
                entries.append([shown, self._reader.take_comma()])
            else:
                entries.append([shown, IfBroken(","), self._reader.take_comma()])
        if embraces and not self._reader.has_comment_above():
            return [opening, *entries, self._take()]
        closing = [self._comments_inside(), SOFT, self._take()]
        forced = self._reader.is_commented(start)
        body: list[Document] = [SOFT]
        if not forced and all(_is_number(item) for item in items) and entries:
            body.append(Filled(tuple(entries)))
        else:
            for index, entry in enumerate(entries):
                body += [LINE, entry] if index else [entry]
        return Group([opening, Indented(body) if entries else "", *closing], forced)

    def _comments_inside(self) -> Document:
        """Return the comments before a closing bracket, indented like what is inside."""
        lines: list[Document] = []
        for comment, _ in self._reader.take_comments():
            lines += [HARD, comment]
        return Indented(lines) if lines else ""

    def _operation(self, expression: Binary) -> Document:
        """Return a row of operators that bind equally tight; it breaks before each of them."""
        start = self._reader.position
        level = LEVELS[expression.operator]
        row: list[Binary] = [expression]
        first = expression.left
        while isinstance(first, Binary) and LEVELS[first.operator] == level:
            row.append(first)
            first = first.left
        row.reverse()
        last = row[-1].right
        while isinstance(last, Binary) and LEVELS[last.operator] == level:
            # Only ``**`` groups to the right.
            row.append(last)
            last = last.right
        head = self._expression(first)
        body: list[Document] = []
        for index, part in enumerate(row):
            body += [LINE, self._take()]
            if part.operator == "not in":
                body += [" ", self._take("in")]
            following = row[index + 1] if index + 1 < len(row) else None
            right = following.left if following is part.right and following else part.right
            body += [" ", self._expression(right)]
        return Group([head, Indented(body)], self._reader.is_commented(start))

    def _conditional(self, expression: Conditional) -> Document:
        """Return ``if``, ``else if`` and ``else``, each on its line where they do not fit on one."""
        start = self._reader.position
        take = self._take
        branches: list[Document] = []
        rest: Expression = expression
        while isinstance(rest, Conditional):
            before: Document = [LINE, take("else"), " "] if branches else ""
            begin = self._reader.position
            condition = [take("if"), " ", self._expression(rest.condition)]
            consequence = [LINE, take("then"), " ", self._expression(rest.consequence)]
            forced = self._reader.is_commented(begin)
            branches.append([before, Group([condition, Indented(consequence)], forced)])
            rest = rest.alternative
        branches.append([LINE, take("else"), " ", self._expression(rest)])
        return Group(branches, self._reader.is_commented(start))

    def _chain(self, expression: Expression) -> Document:
        """Return fields, positions and method calls behind a value."""
        start = self._reader.position
        links: list[FieldAccess | Index | Call] = []
        base: Expression | None = expression
        while isinstance(base, FieldAccess | Index) or (isinstance(base, Call) and base.receiver):
            links.append(base)
            base = base.receiver if isinstance(base, Call) else base.base
        if base is None:
            raise FormatError("a chain without a beginning")
        head: list[Document] = [self._expression(base)]
        calls = sum(isinstance(link, Call) for link in links)
        body: list[Document] = []
        for link in reversed(links):
            target = body or head
            match link:
                case Index(index=index):
                    target.append(self._enclosed(index))
                case FieldAccess():
                    target += [self._take("."), self._take()]
                case Call(arguments=arguments):
                    if calls >= _BROKEN_CHAIN:
                        target = body
                        target.append(SOFT)
                    target += [self._take("."), self._take()]
                    target.append(self._bracketed(arguments, self._argument))
        return Group([*head, Indented(body)], self._reader.is_commented(start) and bool(body))


def _hugs(value: Expression) -> bool:
    """Return whether a value may begin behind ``=`` and end lines below: it is one bracket."""
    match value:
        case ListLiteral() | StructLiteral() | Parenthesised() | Call(receiver=None):
            return True
        case Call(receiver=receiver):
            while isinstance(receiver, FieldAccess):
                receiver = receiver.base
            return not isinstance(
                receiver, Call | Index | Parenthesised | ListLiteral | StructLiteral
            )
        case _:
            return False


def _embraces(item: object) -> bool:
    """Return whether a sole argument shares the brackets' lines: ``f([`` and ``])``."""
    return (
        isinstance(item, Argument)
        and item.name is None
        and isinstance(item.value, ListLiteral | StructLiteral)
    )


def _is_number(item: object) -> bool:
    """Return whether an item is a number, perhaps with a sign."""
    if isinstance(item, Unary) and item.operator == "-":
        item = item.operand
    return isinstance(item, Literal) and item.kind in ("int", "float", "duration")
