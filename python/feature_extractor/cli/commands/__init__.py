"""The commands of ``fx``: one module each, named as the command, with a click command ``command``."""
