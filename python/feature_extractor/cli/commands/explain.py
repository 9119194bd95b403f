"""``fx explain``: show what a program computes, where, how often, and at what cost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import click

from feature_extractor.cli.assumptions import assumption_options
from feature_extractor.cli.failures import CommandError, require_file, unknown_feature
from feature_extractor.cli.name_lists import names
from feature_extractor.cli.programs import is_package, refuse_binary, require_core
from feature_extractor.cli.tables.formats import INPUT_FORMATS, input_format
from feature_extractor.cli.writing import refuse_overwriting, write_output

if TYPE_CHECKING:
    from feature_extractor.explain import Explanation
    from feature_extractor.samples import Form

_HELP = """Show what a program or a package computes: per request or per candidate, from which inputs,
in which steps, what it costs roughly, and what features share.

With --row, show one row of a table: each value from the inputs to the features, and why there is a null.

\b
Examples:
    fx explain ranking.fx
    fx explain ranking.fx --feature ctr --feature freshness
    fx explain ranking.fxp --plan
    fx explain ranking.fx --format html -o ranking.html
    fx explain ranking.fx --format tf
    fx explain --row 17 --feature ctr log.parquet ranking.fx
"""


@click.command(help=_HELP, short_help="Show what is computed, where and at what cost.")
@click.argument("arguments", metavar="[DATA] PROGRAM|PACKAGE", nargs=-1, required=True)
@click.option(
    "--row",
    type=click.IntRange(min=0),
    metavar="K",
    help="Show the values of row K of what `fx run` makes of the table DATA; 0 is the first.",
)
@click.option("--input-format", "input_form", type=click.Choice(INPUT_FORMATS))
@click.option(
    "--feature",
    "features",
    multiple=True,
    callback=names,
    metavar="NAME,...",
    help="Show these features only.",
)
@click.option("--plan", "show_plan", is_flag=True, help="Print the steps that run, line by line.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "html", "tf", "tf-json"]),
    help="The form of the output; html is one page that needs no network, tf the Python code that reads the "
    "samples of `fx run --output samples.tfrecord`, tf-json the same as data.  [default: text]",
)
@click.option(
    "--tf-example",
    "sample_form",
    type=click.Choice(["example", "sequence"]),
    default="example",
    show_default=True,
    help="What the TFRecord files hold, as for `fx run`.",
)
@assumption_options
@click.option("-o", "--output", metavar="FILE", help="Write to a file instead of the terminal.")
def command(
    arguments: Sequence[str],
    row: int | None,
    input_form: str | None,
    features: Sequence[str],
    show_plan: bool,
    output_format: str | None,
    sample_form: Form,
    candidates: int,
    list_length: int,
    output: str | None,
) -> int:
    """Explain and print."""
    if len(arguments) != (1 if row is None else 2):
        raise click.UsageError(
            "Name one program; --row takes a table and a program: fx explain --row K DATA PROGRAM."
        )
    program = arguments[-1]
    form = output_format or ("html" if output and output.endswith(".html") else "text")
    if show_plan and (form == "html" or features):
        raise click.UsageError("--plan prints the whole plan as text or json.")
    if form == "html" and features:
        raise click.UsageError("The page shows all features; leave out --feature or html.")
    if show_plan and form.startswith("tf"):
        raise click.UsageError("--plan prints the whole plan as text or json.")
    refuse_overwriting(output, arguments)
    if row is not None:
        text = _row_text(arguments[0], input_form, program, row, features, form, show_plan)
    else:
        plan, manifest = _plan(program)
        if form.startswith("tf"):
            text = _reader_text(manifest, form, features, sample_form)
        elif show_plan:
            text = _plan_text(plan, form)
        else:
            text = _explanation_text(plan, manifest, form, features, candidates, list_length)
    write_output(output, text)
    return 0


def _row_text(
    data: str,
    input_form: str | None,
    program: str,
    row: int,
    features: Sequence[str],
    form: str,
    show_plan: bool,
) -> str:
    if show_plan or form not in ("text", "json"):
        raise click.UsageError("--row is shown as text or json.")
    require_core()
    from feature_extractor.cli.explain_row import explain_row

    place = require_file(program)
    if not is_package(place):
        refuse_binary(place)
    found = explain_row(data, input_format(data, input_form), place, row, features)
    if form == "json":
        return json.dumps(found.as_json(), ensure_ascii=False, indent=1) + "\n"
    return found.text()


def _plan(path: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the plan of a program or a package, and its manifest."""
    from feature_extractor.explain.files import read_plan
    from feature_extractor.plan.package import PackageError

    place = require_file(path)
    if is_package(place) or place.suffix == ".json":
        try:
            return read_plan(place)
        except PackageError as error:
            raise CommandError(f"{path}: {error}") from None
    refuse_binary(place)
    require_core()
    from feature_extractor.program import compile

    package = compile(place).package
    return package.plan, package.manifest


def _plan_text(plan: dict[str, Any], form: str) -> str:
    if form == "json":
        return json.dumps(plan, ensure_ascii=False, indent=1) + "\n"
    from feature_extractor.plan.listing import listing

    return listing(plan, sites=True)


def _reader_text(
    manifest: dict[str, Any], form: str, names: Sequence[str], sample_form: Form
) -> str:
    """Return what a reader of the samples needs, for all features or those that were named."""
    from feature_extractor.samples import feature_description, reader_code

    features = {feature["name"]: feature for feature in manifest["features"]}
    for name in names:
        if name not in features:
            raise unknown_feature(name, list(features))
    chosen = [features[name] for name in names or features]
    if form == "tf":
        return reader_code(chosen, sample_form)
    description = feature_description(chosen, sample_form)
    return json.dumps(description, ensure_ascii=False, indent=1) + "\n"


def _explanation_text(
    plan: dict[str, Any],
    manifest: dict[str, Any],
    form: str,
    features: Sequence[str],
    candidates: int,
    list_length: int,
) -> str:
    from feature_extractor.explain import Assumptions, explain, feature_text, page, summary_text
    from feature_extractor.registry import load_registry

    assumptions = Assumptions(candidates=candidates, list_length=list_length)
    explanation = explain(plan, load_registry(), manifest, assumptions)
    chosen = [_feature(explanation, name) for name in features]
    if form == "html":
        return page(explanation)
    if form == "json":
        return json.dumps(_as_json(explanation, features), ensure_ascii=False, indent=1) + "\n"
    if chosen:
        return "\n".join(feature_text(explanation, feature) for feature in chosen)
    return summary_text(explanation)


def _feature(explanation: Explanation, name: str) -> Any:
    feature = explanation.feature(name)
    if feature is None:
        raise unknown_feature(name, [feature.name for feature in explanation.features])
    return feature


def _as_json(explanation: Explanation, features: Sequence[str]) -> dict[str, Any]:
    """Return the explanation as JSON values; with names only those features and their steps."""
    if not features:
        return explanation.as_json()
    chosen = tuple(_feature(explanation, name) for name in features)
    needed = sorted({index for feature in chosen for index in feature.steps})
    reduced = replace(explanation, features=chosen, steps=())
    return reduced.as_json() | {"steps": [asdict(explanation.steps[i]) for i in needed]}
