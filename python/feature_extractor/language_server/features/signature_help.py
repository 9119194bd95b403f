"""The parameters of the call around the cursor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lsprotocol import types

from feature_extractor.check.fits import FITS, FORMS
from feature_extractor.check.fits import PREFIX as FIT_PREFIX
from feature_extractor.check.kinds import KIND_PARAMETERS
from feature_extractor.check.scopes import LetSymbol, ModuleSymbol
from feature_extractor.check.unification import Fit, Mismatch
from feature_extractor.language_server.documentation import KINDS, show_function, show_parameter
from feature_extractor.language_server.project import Project, Text
from feature_extractor.language_server.server import FeatureServer
from feature_extractor.language_server.unfinished import read_unfinished
from feature_extractor.reference import sentence
from feature_extractor.registry import Operator, Signature
from feature_extractor.syntax import tree
from feature_extractor.syntax.lexer import Token, token_end
from feature_extractor.syntax.parser import statement_parser
from feature_extractor.types import Type

_MOST_FORMS: Final = 20
_BRACKETS: Final = {")": "(", "]": "[", "}": "{"}


def register(server: FeatureServer) -> None:
    """Answer requests for signatures."""
    options = types.SignatureHelpOptions(trigger_characters=["(", ","], retrigger_characters=[")"])

    @server.answer(types.TEXT_DOCUMENT_SIGNATURE_HELP, options)
    def signature_help(params: types.SignatureHelpParams) -> types.SignatureHelp | None:
        text = server.text(params)
        if text is None:
            return None
        found = signatures(server.project, text, text.lines.offset(params.position))
        document = server.client_capabilities.text_document
        help_ = document.signature_help if document is not None else None
        options = help_.signature_information if help_ is not None else None
        for information in found.signatures if found is not None else ():
            if isinstance(information.documentation, str):
                formats = options.documentation_format if options is not None else None
                information.documentation = server.markup(information.documentation, formats)
        return found


@dataclass(frozen=True)
class _OpenCall:
    """A call whose bracket is open at the cursor.

    ``position`` counts the commas before the cursor, and ``argument`` is the name that the argument was given.
    ``bracket`` is the offset behind the bracket.
    """

    name: str
    qualifier: str
    is_method: bool
    position: int
    argument: str
    bracket: int


def signatures(project: Project, text: Text, offset: int) -> types.SignatureHelp | None:
    """Return the forms of the call around an offset, with the parameter that is being written."""
    start, _ = text.piece_at(offset)
    call = _open_call(text.text[start:offset])
    if call is None:
        return None
    inspection = project.inspection_around(text, *text.piece_at(offset))
    scope = inspection.scope
    symbol = scope.names.get(call.name)
    module = scope.names.get(call.qualifier) if call.qualifier else None
    if isinstance(module, ModuleSymbol):
        inner = module.scope.names.get(call.name)
        return _function(inner.declaration, call, skip=0) if isinstance(inner, LetSymbol) else None
    if isinstance(symbol, LetSymbol) and symbol.is_function:
        return _function(symbol.declaration, call, skip=1 if call.is_method else 0)
    operator = project.registry.find(f"{call.qualifier}.{call.name}") if call.qualifier else None
    if operator is not None:
        return _operator(project, text, operator, call, start, is_method=False)
    operator = project.registry.find(call.name)
    if operator is not None:
        return _operator(project, text, operator, call, start, is_method=call.is_method)
    words = text.text[start:offset].split(None, 1)
    if words and words[0] == "feature" and call.name in KIND_PARAMETERS:
        parameters = list(KIND_PARAMETERS[call.name])
        return _plain(call, f"{call.name}({', '.join(parameters)})", parameters, KINDS[call.name])
    if call.qualifier + "." == FIT_PREFIX and call.name in FITS:
        parameters = [parameter.name for parameter in FITS[call.name]]
        label = f"{FIT_PREFIX}{call.name}({', '.join(parameters)})"
        return _plain(call, label, parameters, f"For example `{FORMS[call.name]}`.")
    return None


def _open_call(before: str) -> _OpenCall | None:
    """Return the innermost call that is open at the end of a text."""
    tokens = list(statement_parser().tokens(before, 0, len(before)))
    waiting: list[str] = []
    for index in range(len(tokens) - 1, -1, -1):
        sign = before[tokens[index].start() : token_end(tokens[index])]
        if sign in _BRACKETS:
            waiting.append(_BRACKETS[sign])
        elif sign in ("(", "[", "{"):
            if waiting:
                waiting.pop()
                continue
            if sign != "(" or index == 0 or tokens[index - 1].lastgroup != "NAME":
                # Inside a list, a struct or plain parentheses; the call around is meant.
                continue
            return _call_before(before, tokens, index)
    return None


def _call_before(before: str, tokens: list[Token], bracket: int) -> _OpenCall:
    def written(index: int) -> str:
        return before[tokens[index].start() : token_end(tokens[index])] if index >= 0 else ""

    is_method = written(bracket - 2) == "."
    qualifier = written(bracket - 3) if is_method else ""
    if not re.fullmatch(r"[A-Za-z_]\w*", qualifier) or written(bracket - 4) == ".":
        qualifier = ""
    # The name of the argument stands behind the last comma of this call.
    first, depth, seen = bracket + 1, 0, 0
    for index in range(bracket + 1, len(tokens)):
        sign = written(index)
        depth += (sign in ("(", "[", "{")) - (sign in _BRACKETS)
        if sign == "," and depth == 0:
            seen += 1
            first = index + 1
    named = written(first) if first + 1 < len(tokens) and written(first + 1) == "=" else ""
    return _OpenCall(
        written(bracket - 1), qualifier, is_method, seen, named, token_end(tokens[bracket])
    )


def _function(
    declaration: tree.LetDeclaration, call: _OpenCall, *, skip: int
) -> types.SignatureHelp:
    parameters = declaration.parameters or []
    names = [parameter.name.text for parameter in parameters]
    description = declaration.description.text.strip() if declaration.description else ""
    information = types.SignatureInformation(
        show_function(declaration),
        documentation=description or None,
        parameters=[types.ParameterInformation(show_parameter(p)) for p in parameters],
    )
    active = _active(names, call, skip, variadic=False)
    return types.SignatureHelp([information], active_signature=0, active_parameter=active)


def _plain(
    call: _OpenCall, label: str, parameters: list[str], documentation: str
) -> types.SignatureHelp:
    information = types.SignatureInformation(
        label,
        documentation=documentation,
        parameters=[types.ParameterInformation(name) for name in parameters],
    )
    active = _active(parameters, call, 0, variadic=False)
    return types.SignatureHelp([information], active_signature=0, active_parameter=active)


def _operator(
    project: Project,
    text: Text,
    operator: Operator,
    call: _OpenCall,
    start: int,
    *,
    is_method: bool,
) -> types.SignatureHelp:
    """Return the forms of an operator; the first that takes what was given so far is the active one."""
    described = {p.name: p.description for p in operator.parameters}
    skip = 1 if is_method else 0
    receiver = _receiver_type(project, text, start + call.bracket) if is_method else None
    shown: list[types.SignatureInformation] = []
    chosen: int | None = None
    for overload in operator.overloads[:_MOST_FORMS]:
        signature = overload.signature
        names = [parameter.name for parameter in signature.parameters]
        variadic = bool(signature.parameters) and signature.parameters[-1].variadic
        active = _active(names, call, skip, variadic=variadic)
        has_place = active is not None or not names[skip:]
        if chosen is None and has_place and (receiver is None or _takes(signature, receiver)):
            chosen = len(shown)
        labels = _parameter_texts(signature.text)
        shown.append(
            types.SignatureInformation(
                signature.show(operator.name),
                documentation=sentence(operator.summary),
                parameters=[
                    types.ParameterInformation(label, documentation=described.get(name) or None)
                    for name, label in zip(names, labels, strict=True)
                ],
                active_parameter=active,
            )
        )
    active_signature = chosen or 0
    return types.SignatureHelp(
        shown,
        active_signature=active_signature,
        active_parameter=shown[active_signature].active_parameter,
    )


def _receiver_type(project: Project, text: Text, offset: int) -> Type | None:
    """Return the type of what stands before the point of the call whose bracket ends at an offset."""
    unfinished = read_unfinished(project, text, offset)
    if unfinished is None:
        return None
    for node in reversed(unfinished.path):
        if isinstance(node, tree.Call) and node.receiver is not None:
            return unfinished.inspection.type_of(node.receiver)
    return None


def _takes(signature: Signature, type_: Type) -> bool:
    """Return whether a form takes a value of a type as its first argument."""
    if not signature.parameters:
        return False
    fit = Fit(signature)
    try:
        fit.argument(signature.parameters[0].pattern, type_, 0, False)
        fit.finish()
    except Mismatch:
        return False
    return True


def _parameter_texts(signature: str) -> list[str]:
    """Return the parameters of a signature as they are written in it."""
    inner = signature.partition("(")[2].rpartition("->")[0].strip().removesuffix(")")
    found: list[str] = []
    depth = 0
    current = ""
    for character in inner:
        depth += character in "([{<"
        # The sign of an arrow closes nothing.
        depth -= character in ")]}" or (character == ">" and not current.endswith("-"))
        if character == "," and depth == 0:
            found.append(current.strip())
            current = ""
        else:
            current += character
    if current.strip():
        found.append(current.strip())
    return found


def _active(names: list[str], call: _OpenCall, skip: int, *, variadic: bool) -> int | None:
    """Return the parameter that is being written; None where there is none left."""
    if call.argument:
        return names.index(call.argument) if call.argument in names else None
    position = call.position + skip
    if position < len(names):
        return position
    return len(names) - 1 if variadic else None
