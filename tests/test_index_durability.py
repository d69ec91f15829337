"""Killed at any moment, the library opens, answers from whole articles, and is completed by the next ingest."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

KILLS, SEED = 50, 20211019


def test_fifty_kills_lose_nothing(tmp_path: Path) -> None:
    program = Path(__file__).with_name("crashes.py")
    run = subprocess.run(
        [sys.executable, str(program), str(tmp_path), str(KILLS), str(SEED)],
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
        cwd=program.parents[1],
        env={"PYTHONPATH": str(program.parents[1]), "PATH": "/usr/bin:/bin"},
    )
    assert run.returncode == 0, run.stderr[-3000:]
    seen = json.loads(run.stdout)
    assert seen["killed"] == KILLS
    assert seen["changing"] > 0  # some fell between the beginning and the end of a change of Chroma
