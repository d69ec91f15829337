"""The Makefile, with doubles of the programs that it starts."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ECHO = """#!/bin/sh
printf '%s\\n' "$@"
"""
# A pip whose report is longer than a pipe holds: who stops reading it early would break its writer.
PIP = """#!/bin/bash
report=
while [ $# -gt 0 ]; do
  case "$1" in
    --report) report="${2/#-//dev/stdout}" ;;
    --index-url) echo "index $2" ;;
  esac
  shift
done
if [ -n "$report" ]; then
  { echo '"name": "nvidia-cublas",'; head -c 1000000 /dev/zero | tr '\\0' 'x'; } > "$report"
fi
"""


@pytest.fixture
def virtual(tmp_path: Path) -> Path:
    """A folder that the Makefile takes for an environment in which all is installed."""
    folder = tmp_path / "venv"
    (folder / "bin").mkdir(parents=True)
    for name, script in (("pullquote", ECHO), ("python", PIP)):
        (folder / "bin" / name).write_text(script)
        (folder / "bin" / name).chmod(0o755)
    return folder


def make(virtual: Path, *arguments: str) -> list[str]:
    command = ["make", "--no-print-directory", f"VENV={virtual}", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()


@pytest.mark.parametrize(
    "question",
    [
        "what did Russia close on November 1?",
        'who said "no" to $5 and why isn\'t it #1?',
        "$(shell exit 1) `exit 1` $Q $$ a\\b",
        "--version",
    ],
)
def test_a_question_reaches_the_command_as_it_was_typed(virtual: Path, question: str) -> None:
    asked = make(virtual, "-o", str(virtual / ".installed"), "ask", f"Q={question}")
    assert asked == ["ask", "--", question]


def test_a_build_of_torch_with_cuda_is_passed_over_however_long_the_report(virtual: Path) -> None:
    said = make(virtual, str(virtual / ".torch"))
    assert "index https://download.pytorch.org/whl/cpu" in said
