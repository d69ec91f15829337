"""The command line where somebody looks: in a pseudo-terminal, and where a reader leaves early."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent

SLOW_BOT = """
import sys
from ui import cli
from ui.doors import Doors
from ui.double import ChatbotDouble, ShelfDouble
from rag.types import Answer
bot = ChatbotDouble({"q": Answer("q", "word " * 400, "answered")}, ShelfDouble(), pause=0.05)
status = cli.main(sys.argv[1:], Doors(chatbot=lambda settings, progress: bot))
assert bot.closed
assert bot.cancelled == int(status == 130), bot.cancelled
sys.exit(status)
"""


def read_until(terminal: int, words: bytes, seconds: float = 20.0) -> bytes:
    """What a pseudo-terminal shows until it shows these words, or until it is closed."""
    seen, end = b"", time.monotonic() + seconds
    while words not in seen and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                seen += os.read(terminal, 4096)
            except OSError:  # the other side has hung up
                break
    return seen


def in_terminal(code: str) -> tuple[subprocess.Popen[bytes], int]:
    """A child that talks to a pseudo-terminal of 80 × 24, and our end of it."""
    outer, inner = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", code, "ask", "q"],
        cwd=ROOT,
        stdin=inner,
        stdout=inner,
        stderr=inner,
        start_new_session=True,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80", "LINES": "24"},
    )
    os.close(inner)
    return child, outer


def test_ctrl_c_in_a_terminal_cancels_the_answer_and_leaves_130() -> None:
    child, outer = in_terminal(SLOW_BOT)
    assert b"word word" in read_until(outer, b"word word")
    child.send_signal(signal.SIGINT)
    rest = read_until(outer, b"\0 never")
    assert child.wait(10) == 130
    os.close(outer)
    assert rest.count(b"Interrupted.") == 1
    assert b"Interrupted." in rest.splitlines()[-1]
    assert b"Traceback" not in rest


def test_a_draft_that_does_not_stand_is_replaced_and_said_to_be() -> None:
    code = SLOW_BOT.replace('"word " * 400, "answered")}', '"It is not said.", "not_in_articles")}')
    child, outer = in_terminal(code.replace("pause=0.05", 'pause=0.05, drafts={"q": "made up words"}'))
    seen = read_until(outer, b"\0 never")
    assert child.wait(10) == 3
    os.close(outer)
    assert seen.index(b"made up") < seen.index(b"was withdrawn") < seen.index(b"It is not said.")


def test_a_reader_that_leaves_early_hears_no_complaint() -> None:
    child = subprocess.Popen(
        [
            sys.executable,
            "-c",
            SLOW_BOT.replace("pause=0.05", "pause=0.0").replace('"word " * 400', '"word\\n" * 40_000'),
            "ask",
            "q",
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.read(10)
    child.stdout.close()
    complaint = child.stderr.read().decode()
    child.wait(20)
    assert "Traceback" not in complaint
    assert "BrokenPipe" not in complaint
