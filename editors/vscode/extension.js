// Starts the language server, and shows what a feature gives on sample rows. Everything else is the server's work.

"use strict";

const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

const RUN_ON_SAMPLES = "fx.runOnSamples";

let client;
let samples;

/** Returns the settings of the server; how it is started is no business of its own. */
function settings() {
  const configuration = vscode.workspace.getConfiguration("fx");
  const names = ["lint", "inlayHints", "codeLenses", "sampleFile", "sampleRows", "delay"];
  return Object.fromEntries(names.map((name) => [name, configuration.get(name)]));
}

/** Shows the values of a feature beside the program. */
function showSamples(text) {
  samples ??= vscode.window.createOutputChannel("Feature samples");
  samples.clear();
  samples.append(text);
  samples.show(true);
}

function createClient() {
  const [command, ...args] = vscode.workspace.getConfiguration("fx").get("server.command");
  const executable = { command, args, transport: TransportKind.stdio };
  return new LanguageClient(
    "fx",
    "Feature language",
    { run: executable, debug: executable },
    {
      documentSelector: [
        { scheme: "file", language: "fx" },
        { scheme: "untitled", language: "fx" },
      ],
      initializationOptions: settings(),
      synchronize: {
        configurationSection: "fx",
        fileEvents: vscode.workspace.createFileSystemWatcher("**/{*.fx,*.txt,*.csv,fx.toml,pyproject.toml}"),
      },
      middleware: {
        executeCommand: async (name, parameters, next) => {
          const answer = await next(name, parameters);
          if (name === RUN_ON_SAMPLES && typeof answer === "string") {
            showSamples(answer);
          }
          return answer;
        },
      },
    },
  );
}

async function start() {
  client = createClient();
  try {
    await client.start();
  } catch (error) {
    const [command] = vscode.workspace.getConfiguration("fx").get("server.command");
    vscode.window.showErrorMessage(
      `${command} could not be started: ${error.message}. ` +
        "Install it with: pip install 'feature_extractor[lsp]', or set fx.server.command.",
    );
  }
}

async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("fx.restartServer", async () => {
      await client?.stop();
      await start();
    }),
    vscode.commands.registerCommand("fx.runFeatureAtCursor", async () => {
      const editor = vscode.window.activeTextEditor;
      if (editor === undefined || editor.document.languageId !== "fx") {
        return;
      }
      const { line, character } = editor.selection.active;
      const position = { line, character };
      await vscode.commands.executeCommand(RUN_ON_SAMPLES, editor.document.uri.toString(), position);
    }),
    { dispose: () => samples?.dispose() },
  );
  await start();
}

async function deactivate() {
  await client?.stop();
}

module.exports = { activate, deactivate };
