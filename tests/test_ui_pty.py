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


def read_until(terminal: int, words: bytes, seconds: float = 60.0) -> bytes:
    """What a pseudo-terminal shows until it shows these words, or until it is closed."""
    seen, end = b"", time.monotonic() + seconds
    while words not in seen and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                seen += os.read(terminal, 4096)
            except OSError:  # the other side has hung up
                break
    return seen


def in_terminal(code: str, *arguments: str, **environment: str) -> tuple[subprocess.Popen[bytes], int]:
    """A child that talks to a pseudo-terminal of 80 × 24, and our end of it."""
    outer, inner = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", code, *(arguments or ("ask", "q"))],
        cwd=ROOT,
        stdin=inner,
        stdout=inner,
        stderr=inner,
        start_new_session=True,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80", "LINES": "24", **environment},
    )
    os.close(inner)
    return child, outer


def test_ctrl_c_in_a_terminal_cancels_the_answer_and_leaves_130() -> None:
    child, outer = in_terminal(SLOW_BOT)
    assert b"word word" in read_until(outer, b"word word")
    child.send_signal(signal.SIGINT)
    rest = read_until(outer, b"\0 never")
    assert child.wait(30) == 130
    os.close(outer)
    assert rest.count(b"Interrupted.") == 1
    assert b"Interrupted." in rest.splitlines()[-1]
    assert b"Traceback" not in rest


def test_a_draft_that_does_not_stand_is_replaced_and_said_to_be() -> None:
    code = SLOW_BOT.replace('"word " * 400, "answered")}', '"It is not said.", "not_in_articles")}')
    child, outer = in_terminal(code.replace("pause=0.05", 'pause=0.05, drafts={"q": "made up words"}'))
    seen = read_until(outer, b"\0 never")
    assert child.wait(30) == 3
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


DOORS_BOT = """
import sys
from ui import cli
from ui.doors import Doors
sys.path.insert(0, "tests")
from doors import bot
sys.exit(cli.main(sys.argv[1:], Doors(chatbot=lambda settings, progress: bot())))
"""
ACCENT, ESCAPE = b"\x1b[3;36m", b"\x1b"


def test_quotes_are_coloured_where_somebody_looks_and_plain_on_request() -> None:
    child, outer = in_terminal(DOORS_BOT, "ask", "What did Russia close?")
    seen = read_until(outer, b"\0 never")
    assert child.wait(30) == 0
    os.close(outer)
    assert ACCENT + b"Moscow closed its mission." in seen
    assert b"a.txt:1" in seen
    child, outer = in_terminal(DOORS_BOT, "ask", "--plain", "What did Russia close?")
    seen = read_until(outer, b"\0 never")
    assert child.wait(30) == 0
    os.close(outer)
    assert "“Moscow closed its mission.”".encode() in seen
    assert ESCAPE not in seen


PROMPT = "› ".encode()


def read_until_asked(terminal: int, words: bytes) -> bytes:
    """What a pseudo-terminal shows until it shows these words and then the prompt.

    Only then are keys read as keys: Ctrl-D that is typed before is kept by the kernel, and is no Ctrl-D any more.
    """
    seen = read_until(terminal, words)
    return seen if PROMPT in seen.rpartition(words)[2] else seen + read_until(terminal, PROMPT)


def test_a_conversation_with_commands_history_and_an_end(tmp_path: Path) -> None:
    home = {"PULLQUOTE_HOME": str(tmp_path)}
    child, outer = in_terminal(DOORS_BOT, "chat", **home)
    read_until(outer, PROMPT)
    os.write(outer, b"What did Russia close?\n")
    assert b"Kontoret" in read_until_asked(outer, b"characters 0\xe2\x80\x9329")
    os.write(outer, b"/article 1\n")
    shown = read_until_asked(outer, b"Eight left.")
    assert b"\x1b[1;36mMoscow closed its mission." in shown
    os.write(outer, b"\x1b[A\x1b[A\n")  # the arrow up, twice: the question again
    assert b"Kontoret" in read_until_asked(outer, b"characters 0\xe2\x80\x9329")
    os.write(outer, b"\x04")
    assert child.wait(30) == 0
    os.close(outer)
    kept = tmp_path / "chat-history"
    assert kept.read_text(encoding="utf-8").splitlines()[:2] == ["What did Russia close?", "/article 1"]
    assert kept.stat().st_mode & 0o077 == 0


def test_a_batch_draws_its_progress(tmp_path: Path) -> None:
    questions = tmp_path / "questions.txt"
    questions.write_text("Elephants?\n" * 3, encoding="utf-8")
    out = tmp_path / "answers.jsonl"
    child, outer = in_terminal(
        DOORS_BOT.replace("bot()", "bot(pause=0.1)"), "ask", "--batch", str(questions), "--out", str(out)
    )
    seen = read_until(outer, b"\0 never")
    assert child.wait(30) == 0
    os.close(outer)
    assert b"1/3 questions" in seen
    assert b"3 questions, 0 failed." in seen
    assert len(out.read_text(encoding="utf-8").splitlines()) == 3


def test_the_shell_completes_commands_and_models() -> None:
    def completed(words: str, place: int) -> list[str]:
        environment = {"_PULLQUOTE_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(place)}
        done = subprocess.run(
            [sys.executable, "-c", DOORS_BOT],
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.split()

    assert "serve" in completed("pullquote se", 1)
    assert completed("pullquote ask --llm smol", 3) == ["smollm2-135m"]
    assert "multilingual-e5-small" in completed("pullquote models fetch mul", 3)
