"""The terminal: plain where nobody looks, drawn where somebody does, and never steered by an article."""

import io
from datetime import date

from rich.console import Console, RenderableType

from index.types import BYTES, Article, IngestReport, Progress
from ui.doors import Weights
from ui.double import hit, quoted
from ui.render import (
    answer_page,
    article_table,
    duration,
    file_size,
    found_line,
    hit_page,
    model_table,
    report_page,
    setting_table,
)
from ui.terminal import Activity

LONG = Article(
    "l.txt", "[red]Title[/red] :smile:", "Word " * 40 + "\x1b[31mred\x1b[0m \u202eback", "en", date(2020, 1, 2)
)


def printed(page: RenderableType, width: int = 60) -> str:
    """What a terminal of that width gets, its colours left out."""
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=width, color_system=None, markup=False, emoji=False)
    console.print(page)
    return file.getvalue()


def test_quotes_are_wrapped_and_indented_below_their_words() -> None:
    lines = printed(answer_page(quoted("?", [("It says.", [(LONG, LONG.text)])]))).splitlines()
    assert lines[:2] == ["It says. [1]", ""]
    assert lines[2].startswith("[1]  “Word Word")
    assert all(line.startswith("     ") for line in lines[3:] if line)
    assert max(map(len, lines)) <= 60
    assert "[red]Title[/red] :smile:" in " ".join(lines)


def test_nothing_of_an_article_steers_the_terminal() -> None:
    pages = (
        answer_page(quoted("?", [("\x1b[2JIt says.", [(LONG, LONG.text)])])),
        hit_page([hit(LONG)]),
        article_table([Article("\x1b[2J.txt", "\x1b]0;owned\x07", "")]),
    )
    for page in pages:
        shown = printed(page)
        assert "\x1b" not in shown
        assert "\x07" not in shown
        assert "\u202e" not in shown


def test_tables_have_a_row_a_thing() -> None:
    models = printed(model_table([Weights("big", "language model", 1_100_000_000, "MIT", "missing")]))
    assert models.splitlines()[1].split() == ["big", "language", "model", "1.1", "GB", "MIT", "missing"]
    assert "2020-01-02" in printed(article_table([LONG]))
    assert printed(setting_table([("sources", "[b]5[/b]", "default")])).splitlines()[1].split()[1] == "[b]5[/b]"
    assert "2 added" in printed(report_page(IngestReport(added=("a", "b"))))


def test_sizes_and_counts_are_for_people() -> None:
    assert [file_size(size) for size in (12, 4_000, 71_622_400, 1_117_320_768)] == ["12 B", "4 kB", "72 MB", "1.1 GB"]
    assert found_line(quoted("?", [("It says.", [(LONG, "Word")])]).sources) == "1 passage from 1 article"
    assert [duration(seconds) for seconds in (0.2, 59.4, 61.0, 3599.0, 7500.0)] == [
        "1 s",
        "59 s",
        "1 min",
        "1 h 0 min",
        "2 h 5 min",
    ]
    assert found_line(()) == "nothing found"


def test_progress_without_a_terminal_is_one_plain_line_a_stage() -> None:
    file = io.StringIO()
    activity = Activity(Console(file=file, force_terminal=False))
    for done in range(3):
        activity(Progress("embedding", done, 3, "passages"))
    activity.say("reading…")
    activity.stop()
    activity(Progress("writing\x1b[2J", 1, 1))
    assert file.getvalue() == "embedding…\nwriting␛[2J…\n"


def test_progress_on_a_terminal_is_drawn_and_wiped() -> None:
    file = io.StringIO()
    activity = Activity(Console(file=file, force_terminal=True, width=80, color_system=None))
    activity(Progress("fetching", 500_000_000, 1_000_000_000, BYTES))
    activity(Progress("embedding", 2, 3, "passages", per_second=12.3, seconds_left=70.0))
    activity.stop()
    assert "2/3 passages · 12/s · 1 min left" in file.getvalue()
    assert "fetching" in file.getvalue()
    assert "500 MB of 1.0 GB" in file.getvalue()
    assert file.getvalue().endswith("\x1b[2K") or "\x1b[?25h" in file.getvalue()
