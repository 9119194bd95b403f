"""Settings that hold for all tests."""

from __future__ import annotations

from hypothesis import settings

# The same examples each time: a test that fails on one machine fails on all. No deadline, because a
# busy machine is no mistake.
settings.register_profile("repeatable", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("repeatable")
