"""The planner: from a checked program to a plan, from a plan and resources to a package."""
