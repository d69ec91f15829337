"""The commands of a conversation: what was used, a whole article, all of it saved; and what cannot be done."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from doors import ANSWER, MISSION, QUESTION, bot

from ui.conversation import HELP, ChatError, Talk, converse
from ui.terminal import Terminal

Printed = Callable[[], str]


@pytest.fixture
def talk() -> Talk:
    return Talk(Terminal(), bot())


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Printed:
    """What has been printed since it was last asked for."""
    return lambda: capsys.readouterr().out


def test_sources_are_the_passages_of_the_last_answer(talk: Talk, printed: Printed) -> None:
    talk.hear(QUESTION)
    printed()
    talk.hear("/sources")
    shown = printed()
    assert shown.startswith("1.   “Moscow closed its mission. Eight left.”")
    assert "2.   “Ryssland stänger sitt kontor.”" in shown


def test_an_article_is_shown_whole(talk: Talk, printed: Printed) -> None:
    talk.hear(QUESTION)
    printed()
    talk.hear("/article 1")
    assert printed() == f"Mission closed · 2021-10-18 · X · en\n\n{MISSION.text}\n"
    talk.hear("What about the mission of elephants?")  # not answered: numbers are those of the sources
    printed()
    talk.hear("/article 1")
    assert MISSION.text in printed()


@pytest.mark.parametrize("line", ["/sources", "/article 1", "/save x.md", "/nonsense"])
def test_what_cannot_be_done_is_an_error_with_a_hint(talk: Talk, line: str) -> None:
    with pytest.raises(ChatError) as caught:
        talk.hear(line)
    assert caught.value.hint


@pytest.mark.parametrize("number", ["", "x", "9", "²"])
def test_an_article_that_nobody_named_is_an_error_that_lists_them(talk: Talk, number: str) -> None:
    talk.hear(QUESTION)
    with pytest.raises(ChatError, match=r"Known numbers: 1, 2"):
        talk.hear(f"/article {number}")


def test_a_conversation_is_saved_as_markdown_or_json_and_overwrites_nothing(talk: Talk, tmp_path: Path) -> None:
    talk.hear(QUESTION)
    talk.hear("Elephants?")
    talk.hear(f"/save {tmp_path / 'talk.md'}")
    text = (tmp_path / "talk.md").read_text(encoding="utf-8")
    assert text.startswith(f"## {QUESTION}\n\n{ANSWER.to_markdown()}")
    assert "## Elephants?" in text
    talk.hear(f"/save {tmp_path / 'talk.json'}")
    saved = json.loads((tmp_path / "talk.json").read_text(encoding="utf-8"))
    assert [answer["question"] for answer in saved] == [QUESTION, "Elephants?"]
    with pytest.raises(ChatError, match="cannot be written: File exists"):
        talk.hear(f"/save {tmp_path / 'talk.md'}")
    for name in ("~nobody-of-that-name/talk.md", "a\0b"):
        with pytest.raises(ChatError, match="cannot be written"):
            talk.hear(f"/save {name}")


def test_commands_are_no_turns_of_the_conversation(capsys: pytest.CaptureFixture[str]) -> None:
    lines = iter(["/help", QUESTION, "/nonsense", "/sources"])

    def read() -> str:
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    assert [turn.question for turn in converse(Terminal(), bot(), read=read)] == [QUESTION]
    captured = capsys.readouterr()
    assert captured.out.startswith(HELP)
    assert "There is no command /nonsense." in captured.err
