"""Runs in the Python environment of PyFlink: tests run the functions of jobs.py in it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.append(str(Path(__file__).parents[1]))

import jobs
from jvm.job_answers import answer

if __name__ == "__main__":
    jobs.JAR = sys.argv[2]
    answer(int(sys.argv[1]), jobs)
