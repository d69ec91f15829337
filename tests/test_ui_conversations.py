"""What a browser keeps of conversations: the page's own scripts, run by node in doubles of browser tabs (tab.js)."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="node, which runs the page's scripts, is not installed")

LONG = "x" * 3000


def told(script: str) -> Any:
    """What a script says that has ``tab`` to open tabs with, and ``LONG``, a text that takes much room."""
    assert NODE is not None
    whole = f"""
    const {{ tab }} = require("./tab.js");
    const LONG = "x".repeat({len(LONG)});
    (async () => {{ {script} }})().then((said) => process.stdout.write(JSON.stringify(said)));
    """
    run = subprocess.run(
        [NODE, "-e", whole], cwd=Path(__file__).parent, capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_a_conversation_outlives_its_tab() -> None:
    shelf, history = told("""
    const kept = new Map();
    const one = tab(kept);
    await one.page.restore();
    one.say("What?");
    const other = tab(kept);
    await other.page.restore();
    const asked = other.ask("Why?");
    return [other.shelf(), asked.history];
    """)
    assert shelf == {"What?": ["What?"]}
    assert history == [{"question": "What?", "text": "An answer."}]


def test_the_oldest_conversation_makes_way_for_a_new_one() -> None:
    shelf, toasts = told("""
    const one = tab(new Map(), 8000);
    for (const question of ["One?", "Two?", "Three?"]) {
      await one.page.startNew();
      one.say(question, LONG);
    }
    return [one.shelf(), one.toasts];
    """)
    assert list(shelf) == ["Three?", "Two?"]
    assert ["room is used up" in toast for toast in toasts] == [True]


def test_a_conversation_that_does_not_fit_costs_no_other_one() -> None:
    here, later, toasts = told("""
    const kept = new Map();
    const one = tab(kept, 8000);
    for (const question of ["One?", "Two?"]) {
      await one.page.startNew();
      one.say(question, LONG);
    }
    await one.page.startNew();
    one.say("Three?", LONG + LONG + LONG);
    const later = tab(kept, 8000);
    return [one.shelf(), later.shelf(), one.toasts];
    """)
    assert list(here) == ["Three?", "Two?", "One?"], "it lives as long as its page"
    assert list(later) == ["Two?", "One?"]
    assert len(toasts) == 1
    assert "too long" in toasts[0]


def test_where_storage_is_forbidden_conversations_live_as_long_as_the_page() -> None:
    shelf, toasts = told("""
    const one = tab(new Map(), null);
    for (const question of ["One?", "Two?", "Three?"]) {
      await one.page.startNew();
      one.say(question);
    }
    return [one.shelf(), one.toasts];
    """)
    assert shelf == {"Three?": ["Three?"], "Two?": ["Two?"], "One?": ["One?"]}
    assert toasts == []


def test_two_tabs_of_a_conversation_keep_each_others_answers() -> None:
    both, shown = told("""
    const kept = new Map();
    const one = tab(kept);
    await one.page.restore();
    one.say("One?");
    const other = tab(kept);
    await other.page.restore();
    const asked = one.ask("Three?");
    other.say("Two?");
    one.answer({ ...asked, question: "Three?" });
    return [one.shelf(), other.ask("Four?").history.map((turn) => turn.question)];
    """)
    assert both == {"One?": ["One?", "Two?", "Three?"]}
    assert shown == ["One?", "Two?", "Three?"], "the other tab has read what was added"


def test_an_edited_question_takes_the_place_of_what_followed_but_not_of_what_another_tab_added() -> None:
    shelf = told("""
    const kept = new Map();
    const one = tab(kept);
    await one.page.restore();
    one.say("One?");
    one.say("Two?");
    const other = tab(kept);
    await other.page.restore();
    one.edit(0);
    const asked = one.ask("First?");
    other.say("Three?");
    one.answer({ ...asked, question: "First?" });
    return one.shelf();
    """)
    assert list(shelf.values()) == [["Three?", "First?"]]


def test_a_conversation_that_is_deleted_while_its_answer_is_written_stays_deleted() -> None:
    assert (
        told("""
    const one = tab();
    await one.page.startNew();
    one.say("One?");
    const asked = one.ask("Two?");
    one.page.store.forget(one.page.store.list()[0].id);
    await one.page.startNew();
    one.answer({ ...asked, question: "Two?" });
    return one.shelf();
    """)
        == {}
    )


def test_answers_kept_by_an_earlier_version_are_shown_and_can_be_replaced() -> None:
    shelf = told("""
    const kept = new Map();
    const turns = ["One?", "Two?"].map((question) => ({ question, text: "Old." }));
    kept.set("pullquote.conversation.a", JSON.stringify(turns));
    kept.set("pullquote.conversations", JSON.stringify([{ id: "a", title: "One?", updated: 1 }]));
    const one = tab(kept);
    await one.page.restore();
    one.edit(1);
    one.say("Second?");
    return one.shelf();
    """)
    assert shelf == {"One?": ["One?", "Second?"]}
