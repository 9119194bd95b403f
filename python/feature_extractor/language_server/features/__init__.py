"""What the server can do: one module for each kind of request, registered by being here."""
