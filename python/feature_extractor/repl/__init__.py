"""An interactive session with the language: declare, evaluate on rows of a table, look operators up."""
