"""``fx serve``: features and scores over HTTP."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feature_extractor.cli.failures import EXIT_FAILURE, CommandError, require_file
from feature_extractor.cli.programs import require_core
from feature_extractor.errors import EngineError

if TYPE_CHECKING:
    from feature_extractor.serving import Fetch, RequestLog

_HELP = """Serve the features of a package over HTTP, and the scores of a model.

PACKAGE is a package (.fxp). Another one becomes live without a restart: by --watch, or by POST /package where
--allow-push is given. docs/server.md tells the requests and answers, docs/operating.md how to run it.

\b
Examples:
    fx serve ranking.fxp
    fx serve ranking.fxp --model ranking.onnx --example request.json
    fx serve ranking.fxp --fetches shop.stores:FETCHES
    fx serve ranking.fxp --protobuf request.desc --message shop.ranking.Request
    fx serve ranking.fxp --watch packages/ --host 0.0.0.0 --drain 5
    curl -d @request.json localhost:8000/extract

\b
Exit codes:
    0    it was ended by SIGTERM or Ctrl-C, and all requests were answered
    2    it could not start
"""


@click.command(help=_HELP, short_help="Serve features and scores over HTTP.")
@click.argument("package", metavar="PACKAGE")
@click.option("--model", metavar="FILE", help="An ONNX model that scores what POST /score is sent.")
@click.option(
    "--watch",
    metavar="PLACE",
    help="A file, folder or address that is asked for new packages.",
)
@click.option(
    "--every",
    type=float,
    default=2.0,
    show_default=True,
    help="How often, in seconds, --watch asks.",
)
@click.option("--example", metavar="FILE", help="A request in JSON that the page offers to try.")
@click.option(
    "--protobuf",
    metavar="FILE",
    help="A descriptor set (protoc --include_imports --descriptor_set_out): take requests in Protocol Buffers too.",
)
@click.option(
    "--message", metavar="NAME", help="With --protobuf: the full name of a request's message."
)
@click.option(
    "--candidates",
    metavar="FIELD",
    help="With --protobuf: the field of the candidates.  [default: candidates]",
)
@click.option(
    "--fetches",
    metavar="MODULE:NAME",
    help="A list of Fetch in a Python module: what requests lack is fetched by it.",
)
@click.option(
    "--log",
    "log_folder",
    metavar="FOLDER",
    help="Keep a sample of the requests in this folder, for fx verify.",
)
@click.option(
    "--log-share",
    type=click.FloatRange(0, 1, min_open=True),
    metavar="SHARE",
    help="With --log: the share of the requests, at most 10 each second.  [default: 0.01]",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 means any."
)
@click.option(
    "--threads", type=click.IntRange(1), help="Requests computed at a time.  [default: processors]"
)
@click.option(
    "--queue", type=click.IntRange(0), default=64, show_default=True, help="Requests that may wait."
)
@click.option(
    "--max-body",
    type=click.IntRange(1),
    default=8 << 20,
    show_default=True,
    help="Bytes of a request.",
)
@click.option(
    "--max-candidates",
    type=click.IntRange(1),
    default=10_000,
    show_default=True,
    help="Candidates of a request.",
)
@click.option(
    "--drain",
    type=click.FloatRange(0),
    default=0.0,
    show_default=True,
    help="After SIGTERM, seconds in which /ready says no and requests are still taken.",
)
@click.option(
    "--allow-push",
    is_flag=True,
    help="Open POST /package and POST /rollback to all who can reach the address.",
)
def command(
    package: str,
    model: str | None,
    watch: str | None,
    every: float,
    example: str | None,
    protobuf: str | None,
    message: str | None,
    candidates: str | None,
    fetches: str | None,
    log_folder: str | None,
    log_share: float | None,
    host: str,
    port: int,
    threads: int | None,
    queue: int,
    max_body: int,
    max_candidates: int,
    drain: float,
    allow_push: bool,
) -> int:
    """Start the server and wait for its end."""
    require_core()
    path = require_file(package)
    try:
        from feature_extractor.serve.application import Server
        from feature_extractor.serve.process import run
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in ("starlette", "uvicorn", "prometheus_client"):
            raise
        raise CommandError(
            f"the server needs the package {missing}",
            "Install it with: pip install 'feature_extractor[serve]'",
        ) from None
    from feature_extractor.serve.acceptance import Acceptance
    from feature_extractor.serve.bodies import ProtobufRequests
    from feature_extractor.serve.limits import Limits, processors
    from feature_extractor.serving import Service

    if every <= 0:
        raise CommandError("--every must be above 0 seconds")
    shown = "" if example is None else _example(require_file(example))
    requests = None
    if protobuf is not None:
        if message is None:
            raise CommandError("--protobuf needs --message, the full name of a request's message")
        descriptors = require_file(protobuf).read_bytes()
        requests = ProtobufRequests(descriptors, message, candidates or "candidates")
    elif message is not None or candidates is not None:
        raise CommandError(
            "--message and --candidates need --protobuf, the file that declares them"
        )
    if fetches is not None and requests is not None:
        raise CommandError(
            "--fetches is for requests in JSON: what is fetched is written into them"
        )
    acceptance = Acceptance(None if model is None else require_file(model))
    log = _log(log_folder, log_share)
    try:
        service = Service(
            path,
            accept=acceptance,
            log=log,
            fetches=() if fetches is None else _named_fetches(fetches),
        )
    except ValueError as error:
        raise CommandError(f"--fetches: {error}") from None
    if watch is not None:
        service.watch(watch, every)
    try:
        server = Server(
            service,
            model=acceptance.model,
            limits=Limits(
                body_bytes=max_body,
                candidates=max_candidates,
                threads=threads or processors(),
                queue=queue,
            ),
            allow_push=allow_push,
            example=shown,
            protobuf=requests,
        )
    except EngineError as error:
        # Of the package nothing is wrong, or the service would have said so.
        raise CommandError(f"{protobuf}: {error.message}") from None
    return 0 if run(server, host, port, drain) else EXIT_FAILURE


def _example(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
        json.loads(text)
    except UnicodeDecodeError:
        raise CommandError(f"{path}: this is not text in UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{path}: this is not JSON: {error}") from None
    return text


def _log(folder: str | None, share: float | None) -> RequestLog | None:
    from feature_extractor.serving import RequestLog

    if folder is None:
        if share is not None:
            raise CommandError("--log-share needs --log, the folder to write to")
        return None
    try:
        return RequestLog(folder, share=0.01 if share is None else share)
    except OSError as error:
        raise CommandError(
            f"--log {folder}: it cannot be written to: {error.strerror or error}"
        ) from None
    except ModuleNotFoundError:
        raise CommandError(
            "--log needs the package pyarrow", "Install it with: pip install pyarrow"
        ) from None


def _named_fetches(named: str) -> Sequence[Fetch]:
    """Return the fetches that a Python module has under a name; modules of the current folder count."""
    from feature_extractor.serving import Fetch

    module, _, name = named.partition(":")
    if not module or not name:
        raise CommandError(f"--fetches: {named} is not of the form MODULE:NAME")
    sys.path.insert(0, "")
    try:
        found = getattr(importlib.import_module(module), name)
    except Exception as error:  # The module is the user's, and may do anything.
        reason = f"{type(error).__name__}: {error}"
        raise CommandError(f"--fetches: {named} cannot be imported: {reason}") from None
    finally:
        sys.path.remove("")
    if not isinstance(found, Sequence) or not all(isinstance(one, Fetch) for one in found):
        raise CommandError(f"--fetches: {named} is not a list of feature_extractor.Fetch")
    return found
