"""The VS Code extension says what the server can do, and starts it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from feature_extractor.language_server.features.samples import RUN_ON_SAMPLES
from feature_extractor.language_server.settings import Settings, read_settings

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "editors" / "vscode"
PACKAGE: dict[str, Any] = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))


def test_the_manifest_is_complete() -> None:
    for name in ("name", "publisher", "version", "engines", "main", "license", "description"):
        assert PACKAGE[name], name
    assert re.fullmatch(r"[a-z][a-z-]*", PACKAGE["name"])
    assert PACKAGE["engines"]["vscode"].startswith("^1.")
    assert (FOLDER / PACKAGE["main"]).is_file()
    assert list(PACKAGE["dependencies"]) == ["vscode-languageclient"]
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{PACKAGE["version"]}"' in project


def test_files_and_names_of_the_manifest_fit_together() -> None:
    contributes = PACKAGE["contributes"]
    (language,) = contributes["languages"]
    (grammar,) = contributes["grammars"]
    assert language["extensions"] == [".fx"]
    assert grammar["language"] == language["id"]
    content = json.loads((FOLDER / grammar["path"]).read_text(encoding="utf-8"))
    assert content["scopeName"] == grammar["scopeName"]
    configuration = json.loads((FOLDER / language["configuration"]).read_text(encoding="utf-8"))
    assert configuration["comments"]["lineComment"] == "#"
    for name in ("increaseIndentPattern", "decreaseIndentPattern"):
        re.compile(configuration["indentationRules"][name])
    script = (FOLDER / "extension.js").read_text(encoding="utf-8")
    for command in contributes["commands"]:
        assert f'registerCommand("{command["command"]}"' in script
    assert f'RUN_ON_SAMPLES = "{RUN_ON_SAMPLES}"' in script


def test_settings_are_those_of_the_server() -> None:
    properties = PACKAGE["contributes"]["configuration"]["properties"]
    given = {name.removeprefix("fx."): entry["default"] for name, entry in properties.items()}
    assert given.pop("server.command") == ["fx", "lsp"]
    assert read_settings(given) == Settings()
    assert len(given) == len(fields(Settings))
    kinds = {"boolean": bool, "string": str, "integer": int}
    changed = {}
    for name, entry in properties.items():
        if entry["type"] in kinds:
            assert type(entry["default"]) is kinds[entry["type"]]
            changed[name.removeprefix("fx.")] = {"boolean": False, "string": "x", "integer": 7}[
                entry["type"]
            ]
    settings = read_settings({"fx": changed})
    assert all(
        getattr(settings, field.name) != getattr(Settings(), field.name)
        for field in fields(Settings)
    )


@pytest.mark.parametrize(
    "given",
    [None, 3, [], {"lint": "yes"}, {"fx": 1}, {"delay": -1}, {"sampleRows": True}, {"x": 1}],
)
def test_settings_of_other_types_change_nothing(given: object) -> None:
    assert read_settings(given) == Settings()


STUBS = """
const Module = require("module");
const started = [];
const commands = {};
let shown = "";
const vscode = {
  workspace: {
    getConfiguration: () => ({
      get: (name) => (name === "server.command" ? ["fx", "lsp"] : `setting ${name}`),
    }),
    createFileSystemWatcher: (pattern) => ({ pattern }),
  },
  window: {
    createOutputChannel: () => ({
      clear() {}, append(text) { shown += text; }, show() {}, dispose() {},
    }),
    activeTextEditor: {
      document: { languageId: "fx", uri: { toString: () => "file:///x.fx" } },
      selection: { active: { line: 3, character: 4 } },
    },
    showErrorMessage(text) { shown += text; },
  },
  commands: {
    registerCommand: (name, run) => { commands[name] = run; return { dispose() {} }; },
    executeCommand: async (name, ...parameters) => started.push([name, ...parameters]),
  },
};
class LanguageClient {
  constructor(id, name, server, options) { Object.assign(this, { id, name, server, options }); }
  async start() {
    started.push(this.server.run);
    started.push(this.options.initializationOptions);
    const next = async () => "1.0 views = 3";
    await this.options.middleware.executeCommand("fx.runOnSamples", [], next);
  }
  async stop() { started.push("stopped"); }
}
const load = Module._load;
Module._load = (name, ...rest) => {
  if (name === "vscode") return vscode;
  if (name === "vscode-languageclient/node") return { LanguageClient, TransportKind: { stdio: 0 } };
  return load(name, ...rest);
};
(async () => {
  const extension = require(process.argv[2]);
  await extension.activate({ subscriptions: [] });
  await commands["fx.runFeatureAtCursor"]();
  await commands["fx.restartServer"]();
  await extension.deactivate();
  console.log(JSON.stringify({ started, shown }));
})();
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js runs the extension")
def test_the_extension_starts_the_server_and_shows_samples(tmp_path: Path) -> None:
    stubs = tmp_path / "stubs.js"
    stubs.write_text(STUBS, encoding="utf-8")
    run = subprocess.run(
        ["node", str(stubs), str(FOLDER / "extension.js")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    server, settings, asked, stopped, *_ = found["started"]
    assert (server["command"], server["args"]) == ("fx", ["lsp"])
    assert set(settings) == {
        "lint",
        "inlayHints",
        "codeLenses",
        "sampleFile",
        "sampleRows",
        "delay",
    }
    assert asked == ["fx.runOnSamples", "file:///x.fx", {"line": 3, "character": 4}]
    assert stopped == "stopped"
    assert found["shown"] == "1.0 views = 3" * 2
