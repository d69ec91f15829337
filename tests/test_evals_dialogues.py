"""The dialogues are whole, and what is made of them can be computed by hand."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from evals import dialogues
from evals.dialogues import Dialogue, Judged, Spoken, by_group, figures, judge, read_dialogues
from evals.sets import SetError
from index.load import make_article
from index.types import Hit, Passage

STORM = make_article("A storm closed the harbour.", id="set/storm", language="en")
SCHOOL = make_article("The school opened in May.", id="set/school", language="en")


def search(question: str, limit: int) -> Sequence[Hit]:
    """The storm for whatever mentions the harbour, the school for the rest."""
    found = STORM if "harbour" in question else SCHOOL
    return [Hit(Passage(found.id, 0, len(found.text), found.text, 5), found, 1.0, 1)][:limit]


HARBOUR = Dialogue(
    "a",
    "en",
    (
        Spoken("What closed the harbour?", "opening", "What closed the harbour?", "A storm.", ("set/storm",)),
        Spoken("When was that?", "follow", "When was the harbour closed?", "On Monday.", ("set/storm",)),
        Spoken("Why did Sweden join NATO?", "new", "Why did Sweden join NATO?", "", ("set/school",)),
    ),
)


def test_there_are_sixty_dialogues_in_three_languages_and_half_change_the_topic() -> None:
    found = read_dialogues()
    assert Counter(one.language for one in found) == {"en": 20, "sv": 20, "no": 20}
    assert sum(any(turn.kind == "new" for turn in one.turns) for one in found) == 30
    assert len({one.id for one in found}) == 60
    assert 20 <= sum(one.held_out for one in found) <= 40


def test_every_turn_can_be_judged() -> None:
    for one in read_dialogues():
        assert 2 <= len(one.turns) <= 4
        for turn in one.turns:
            assert turn.gold
            assert {article_id.split("/")[0] for article_id in turn.gold} <= set(dialogues.SETS)
            assert (turn.question != turn.standalone) == (turn.kind == "follow")
        assert all(turn.answer for turn in one.turns[:-1])


def test_each_turn_but_the_first_is_judged_by_what_it_finds() -> None:
    follow, new = judge(HARBOUR, search)
    assert (follow.decided, follow.right, new.decided, new.right) == (True, True, False, True)
    assert follow.resolved == "What closed the harbour? A storm. When was that?"
    assert follow.found == {"asked": False, "resolved": True, "standalone": True}
    assert new.found == {"asked": True, "resolved": True, "standalone": True}


def test_figures_are_shares_by_kind_and_wording() -> None:
    row = figures(judge(HARBOUR, search))
    assert (row["n"], row["decision"]) == (2, 1.0)
    assert row["decision_by_kind"] == {"follow": 1.0, "alone": None, "new": 1.0}
    assert row["recall@5"]["follow"] == {"n": 1, "asked": 0.0, "resolved": 1.0, "standalone": 1.0}
    assert row["recall@5"]["stands alone"]["n"] == 1


def test_turns_are_grouped_by_half_and_language() -> None:
    found = dict.fromkeys(dialogues.WORDINGS, True)
    turns = [Judged("a", "en", "new", True, "?", found, 0.0), Judged("b", "sv", "new", False, "?", found, 0.0)]
    groups = by_group(turns, {"a": True, "b": False})
    assert {name: (row["n"], row["decision"]) for name, row in groups.items()} == {
        "all": (2, 0.5),
        "open half": (1, 1.0),
        "held-out half": (1, 0.0),
        "en": (1, 0.0),
        "sv": (1, 1.0),
    }
    assert "held-out half" in "".join(str(cell) for cell in dialogues.results_table(groups).columns[0].cells)


@pytest.mark.parametrize("turns", [[], [{"question": "Why?", "kind": "follow"}]])
def test_a_dialogue_that_cannot_be_used_is_an_error_with_its_line(tmp_path: Path, turns: list[dict[str, str]]) -> None:
    whole = [{"standalone": "?", "answer": "", "gold": [], **turn} for turn in turns]
    path = tmp_path / "d.jsonl"
    path.write_text(json.dumps({"id": "x", "language": "en", "turns": whole}) + "\n")
    with pytest.raises(SetError, match=r"d.jsonl:1"):
        read_dialogues(path)


def test_without_the_sets_the_command_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--json", str(tmp_path / "out.json"), "--data", str(tmp_path)]
    assert dialogues.main(arguments) == 1
    assert "nato" in capsys.readouterr().err
    assert not (tmp_path / "out.json").exists()
