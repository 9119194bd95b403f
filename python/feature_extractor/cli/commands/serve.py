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
from feature_extractor.cli.headings import CommandWithHeadings
from feature_extractor.cli.programs import require_core
from feature_extractor.cli.sizes import size_in_bytes
from feature_extractor.errors import EngineError, FeatureExtractorError

if TYPE_CHECKING:
    from feature_extractor.extractor import Extractor
    from feature_extractor.serving import Fetch, FilePlace, RequestLog

_HELP = """Serve the features of a package over HTTP, and the scores of a model.

PACKAGE is a package (.fxp). Another one becomes live without a restart: by --watch, or by POST /package where
--allow-push is given. With --catalogue requests name candidates by a key; another table is taken when the file
changes. docs/server.md tells the requests and answers, docs/operating.md how to run it.

\b
Examples:
    fx serve ranking.fxp
    fx serve ranking.fxp --model ranking.onnx --example request.json
    fx serve ranking.fxp --catalogue movies.parquet --catalogue-key sku
    fx serve ranking.fxp --cache 256MiB --cache-without position
    fx serve ranking.fxp --fetches shop.stores:FETCHES
    fx serve ranking.fxp --protobuf request.desc --message shop.ranking.Request
    fx serve ranking.fxp --watch packages/ --host 0.0.0.0 --drain 5
    curl -d @request.json localhost:8000/extract

\b
Exit codes:
    0    it was ended by SIGTERM or Ctrl-C, and all requests were answered
    2    it could not start
"""


_HEADINGS = {
    "What is served": ("model", "example"),
    "What comes while it serves": ("watch", "every", "allow_push"),
    "Candidates that are known beforehand, or come again": (
        "catalogue",
        "catalogue_key",
        "cache",
        "cache_without",
    ),
    "Requests in Protocol Buffers": ("protobuf", "message", "candidates"),
    "What requests lack, and a sample of them": ("fetches", "log_folder", "log_share"),
    "Address, limits and end": (
        "host",
        "port",
        "threads",
        "queue",
        "max_body",
        "max_candidates",
        "drain",
    ),
}


@click.command(
    cls=CommandWithHeadings,
    headings=_HEADINGS,
    help=_HELP,
    short_help="Serve features and scores over HTTP.",
)
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
    help="How often, in seconds, --watch and --catalogue look.",
)
@click.option(
    "--catalogue",
    metavar="FILE",
    help="A Parquet or Arrow file with a row per candidate: requests bring keys.",
)
@click.option("--catalogue-key", metavar="COLUMN", help="With --catalogue: the column of the keys.")
@click.option(
    "--cache",
    callback=size_in_bytes,
    metavar="SIZE",
    help="Keep what is computed of candidates in so much memory, such as 64MiB.",
)
@click.option(
    "--cache-without",
    multiple=True,
    metavar="INPUT",
    help="With --cache: a candidate input that is new with each request. Repeatable.",
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
    callback=size_in_bytes,
    metavar="SIZE",
    default="8MiB",
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
    help="Open POST /package, /catalogue and /rollback to all who can reach the address.",
)
def command(
    package: str,
    model: str | None,
    watch: str | None,
    every: float,
    catalogue: str | None,
    catalogue_key: str | None,
    cache: int | None,
    cache_without: tuple[str, ...],
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
    table = _catalogue(catalogue, catalogue_key, cache)
    if cache_without and cache is None:
        raise CommandError("--cache-without needs --cache, the size of the cache")
    acceptance = Acceptance(None if model is None else require_file(model))
    log = _log(log_folder, log_share)
    try:
        service = Service(
            path,
            accept=acceptance,
            equip=lambda extractor: _equipped(
                extractor, table, catalogue_key, cache, cache_without
            ),
            log=log,
            fetches=() if fetches is None else _named_fetches(fetches),
        )
    except ValueError as error:
        raise CommandError(f"--fetches: {error}") from None
    if cache is not None and service.extractor.cache is None:
        click.echo(
            "warning: --cache keeps nothing: no value of this package depends on candidates alone",
            err=True,
        )
    if example is not None and fetches is None:
        _try_example(service.extractor, example, shown)
    if table is not None:
        service.watch_catalogue(table, every)
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
    except FeatureExtractorError as error:
        raise CommandError(f"{protobuf}: {error}") from None
    return 0 if run(server, host, port, drain) else EXIT_FAILURE


def _catalogue(named: str | None, key: str | None, cache: int | None) -> FilePlace | None:
    """Return the place of the catalogue, as it was when it was looked at last: now."""
    from feature_extractor.serving import FilePlace

    if named is None:
        if key is not None:
            raise CommandError("--catalogue-key needs --catalogue, the file with the candidates")
        return None
    place = FilePlace(require_file(named))
    if key is None:
        raise CommandError(
            "--catalogue needs --catalogue-key, the column by which requests name a candidate"
        )
    if cache is not None:
        raise CommandError(
            "--cache keeps what is computed of candidates that come with requests, and with --catalogue all of that is "
            "computed beforehand: give one of them"
        )
    try:
        place.changed()
    except OSError as error:
        raise CommandError(f"{named}: it cannot be read: {error.strerror or error}") from None
    return place


def _equipped(
    extractor: Extractor,
    table: FilePlace | None,
    key: str | None,
    cache: int | None,
    without: Sequence[str],
) -> Extractor:
    """Return the package with what the options say; raises CommandError where it does not fit."""
    from feature_extractor.serve.limits import processors

    try:
        if table is not None and key is not None:
            return extractor.with_catalogue(Path(table.name), key=key, threads=processors())
        if cache is not None:
            return extractor.with_cache(cache, without=list(without))
    except EngineError as error:
        option = f"{table.name}" if table is not None else "--cache"
        raise CommandError(f"{option}: {error.message}") from None
    except FeatureExtractorError as error:
        raise CommandError(str(error)) from None
    return extractor


def _example(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
        json.loads(text)
    except UnicodeDecodeError:
        raise CommandError(f"{path}: this is not text in UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{path}: this is not JSON: {error}") from None
    return text


def _try_example(extractor: Extractor, path: str, text: str) -> None:
    """Say where the example does not fit the package, before somebody tries it on the page."""
    try:
        extractor.json_decoder().extract(text)
    except EngineError as error:
        click.echo(f"warning: --example {path} does not fit the package: {error.message}", err=True)


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
