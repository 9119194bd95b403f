"""The language server: ``fx lsp`` gives editors what the compiler knows about a program that is being written."""
