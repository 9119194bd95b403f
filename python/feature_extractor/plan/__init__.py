"""The planner: a checked program becomes a plan, and a plan with its resources becomes a package."""
