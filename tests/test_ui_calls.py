"""What the page asks of the server beside answers: articles, adding, removing, models, opinions, export."""

from __future__ import annotations

import csv
import io
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from conftest import article
from ovens import Oven, watcher
from pages import ANSWERS, HOSTILE, MISSION, MODEL, QUESTION, chatbot

from index.embed import LetterEmbedder
from index.errors import DownloadFailed, LibraryLocked, PullquoteError
from index.library import Library
from index.lock import writing
from index.types import BYTES, Listed, Progress
from rag.queueing import Queue
from rag.warm import Warmer
from ui import feedback, intake, shelves, uploads
from ui.calls import Calls
from ui.desk import Desk
from ui.doors import Doors, OnProgress, Weights
from ui.double import ChatbotDouble, ShelfDouble
from ui.intake import Upload
from ui.jobs import Busy, Jobs
from ui.kept import Kept
from ui.settings import Settings
from ui.uploads import Text

KEPT = Kept.of(ANSWERS[QUESTION]).model_dump()


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def real(home: Settings) -> Iterator[Library]:
    with Library.open(home.library_dir, LetterEmbedder(), home) as library:
        yield library


def calls(home: Settings, bot: ChatbotDouble | None = None, library: Any = None, **options: Any) -> Calls:
    """The page's calls over a double, which answers from a real library where one is given."""
    bot = bot or chatbot()
    if library is not None:
        bot.library = library
    doors = options.pop("doors", Doors(models=lambda settings: [MODEL]))
    return Calls(Desk(bot), home, doors, uploaded=options.pop("uploaded", lambda path: True))


def ended(page: Calls, started: dict[str, Any]) -> str:
    """The last word of a job that was started."""
    page.jobs.wait(60)
    html: str = page.job({"job": started["job"]})["html"]
    return html


def put(folder: Path, name: str, text: str = "The harbour was closed on Monday.") -> str:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


# --- conversations


def test_a_conversation_is_shown_again_from_what_the_browser_kept(home: Settings) -> None:
    html = calls(home).conversation({"turns": [KEPT, KEPT]})["html"]
    assert html.count('<section class="pq-turn') == 2
    assert 'data-turn="1"' in html
    assert "cannot be read" in calls(home).conversation({"turns": [{"question": 1}]})["error"]


def test_a_conversation_is_exported_with_its_quotes(home: Settings) -> None:
    page = calls(home)
    got = page.export({"kind": "markdown", "title": "A <b>: 1/2", "turns": [KEPT]})
    assert got["name"] == "A b 1 2.md"
    assert "# A &lt;b&gt;" in got["text"]
    assert f"## {QUESTION}" in got["text"]
    assert "> it would close its mission to NATO on November 1." in got["text"]
    whole = json.loads(page.export({"kind": "json", "title": "T", "turns": [KEPT]})["text"])
    assert whole["answers"][0]["quotes"][1]["text"] == "Ryssland stänger sitt kontor vid Nato."


def test_an_opinion_is_kept_once_an_answer_with_its_last_word(home: Settings) -> None:
    page = calls(home)
    assert page.rate({"good": True, "answer": KEPT}) == {"saved": True}
    page.rate({"good": False, "word": " =cmd()\n wrong ", "answer": KEPT})
    (opinion,) = feedback.opinions(home)
    assert (opinion["good"], opinion["word"], opinion["question"]) == (False, "=cmd() wrong", QUESTION)
    assert [quote["start"] for quote in opinion["quotes"]] == [quote["start"] for quote in KEPT["quotes"]]
    with feedback.file(home).open("a", encoding="utf-8") as lines:
        lines.write('{"cut off')
    (row,) = csv.DictReader(io.StringIO(feedback.as_csv(feedback.opinions(home))))
    assert row["word"] == "'=cmd() wrong"
    assert "error" in page.rate({"good": True, "answer": {"question": "?"}})


# --- articles


def test_an_article_is_shown_with_the_quoted_places_marked(home: Settings) -> None:
    page = calls(home)
    place = {"number": 2, "start": 23, "end": 40, "text": MISSION.text[23:40]}
    html = page.article({"id": MISSION.id, "places": [place]})["html"]
    assert '<mark data-quotes="2">' in html
    assert "no longer in the library" in page.article({"id": "gone"})["html"]
    assert "<script>" not in page.article({"id": HOSTILE.id})["html"]
    assert "Reload the page" in page.article({"id": MISSION.id, "places": [{"number": "x"}]})["error"]


def test_the_table_is_searched_sorted_and_paged(home: Settings) -> None:
    page = calls(home)
    assert page.articles({})["html"].index("Natokontor") < page.articles({})["html"].index("NATO mission")
    up = page.articles({"sort": "title", "descending": False})["html"]
    assert 'aria-sort="ascending" class="pq-col-title"' in up
    swedish = page.articles({"search": "swedish"})["html"]
    assert ("Natokontor" in swedish, "NATO mission" in swedish) == (True, False)
    assert "No article matches" in page.articles({"search": "<b>zebra"})["html"]
    assert "There are no articles yet" in calls(home, ChatbotDouble({})).articles({})["html"]
    many = [Listed(str(n), f"T{n:03}", "en", None, "", "", 1) for n in range(120)]
    html = shelves.table_html(many, shelves.View(page=99, sort="title", descending=False))
    assert "101–120 of 120 articles" in html
    assert 'data-do="next-page" disabled' in html


class Warmed(ChatbotDouble):
    """A chatbot whose passages are computed ahead."""

    warmer: Warmer


def test_the_table_says_how_many_passages_of_each_article_are_ready(home: Settings, real: Library) -> None:
    real.ingest_articles([article("a", "The ferry sails again."), article("b", "The bridge is closed.")])
    bot = Warmed({}, real)  # type: ignore[arg-type]
    reached, changed = watcher(lambda warmth: warmth.ready == 1)
    bot.warmer = Warmer(lambda: real, lambda: nullcontext(Oven(room=1)), Queue(5), changed)
    page = calls(home, bot)
    assert "Ready" not in page.articles({})["html"]
    assert page.warmth({}) == {"words": "", "going": True}
    bot.warmer.start()
    assert reached.wait(60)
    bot.warmer.stop()
    html = page.articles({})["html"]
    assert sorted(re.findall(r'data-label="Ready" data-passages="1">([^<]*)<', html)) == ["0 of 1", "all"]
    told = page.warmth({"ids": ["a", "b", "gone"]})
    assert (told["words"], told["going"]) == ("1 of 2 passages ready", True)
    assert sorted(told["ready"].values()) == [0, 0, 1]
    assert calls(home).warmth({}) == {"words": "", "going": False}


def test_removing_is_undone(home: Settings, real: Library) -> None:
    page = calls(home, library=real)
    started = page.add({"paths": [put(home.home / "sent", "a.txt")]})
    assert "1 added" in ended(page, started)
    (before,) = real.articles()
    got = page.remove({"id": "a.txt"})
    assert real.articles() == []
    assert page.undo({"undo": got["undo"]}) == {"title": before.name}
    assert real.articles() == [before]
    assert "cannot be undone" in page.undo({"undo": got["undo"]})["error"]
    assert "holds no article" in page.remove({"id": "b.txt"})["error"]


def test_files_are_kept_in_the_data_directory_and_reported(home: Settings, real: Library) -> None:
    page = calls(home, library=real)
    paths = [put(home.home / "sent", "a.txt"), put(home.home / "sent", "empty.txt", "  ")]
    html = ended(page, page.add({"paths": paths, "refused": [{"name": "<b>.exe", "reason": "is too large"}]}))
    assert "1 added, 2 failed" in html
    assert "<strong>empty&#46;txt</strong> it is empty" in html
    assert "&#60;b&#62;" in html
    assert [path.name for path in uploads.folder(home).iterdir()] == ["a.txt"]
    (article,) = real.articles()
    assert article.source.file == str(uploads.folder(home) / "a.txt")
    assert "1 already there" in ended(page, page.add({"paths": [put(home.home / "sent", "a.txt")]}))


def test_a_path_that_was_not_uploaded_is_not_read(home: Settings, real: Library) -> None:
    page = calls(home, library=real, uploaded=lambda path: False)
    secret = put(home.home, "secret.txt")
    assert "Nothing to do" in page.add({"paths": [secret, "/etc/passwd"]})["html"]
    assert Path(secret).exists()
    assert real.articles() == []


def test_a_pasted_text_keeps_what_was_said_about_it(home: Settings, real: Library) -> None:
    page = calls(home, library=real)
    sent = {
        "title": "A <b> title.",
        "outlet": "TT",
        "published": "2024-05-06",
        "text": "The harbour was closed.\n\nYes.",
    }
    assert "1 added" in ended(page, page.paste(sent))
    (article,) = real.articles()
    assert (article.title, article.source.outlet) == ("A <b> title.", "TT")
    assert str(article.published) == "2024-05-06"
    assert article.text == sent["text"]
    for wrong, said in (({"text": " "}, "no text"), ({"text": "x", "published": "soon"}, "no day")):
        assert said in page.paste(wrong)["html"]


def test_a_pasted_text_is_kept_until_it_is_removed_and_again_when_that_is_undone(home: Settings, real: Library) -> None:
    page = calls(home, library=real)
    ended(page, page.paste({"title": "Bridge", "text": "The bridge was opened.", "published": "2024-05-06"}))
    (article,) = real.articles()
    (kept,) = uploads.texts(home)
    assert (kept.name, kept.title, kept.text) == (article.id, "Bridge", "The bridge was opened.")
    got = page.remove({"id": article.id})
    assert list(uploads.texts(home)) == []
    page.undo({"undo": got["undo"]})
    (again,) = uploads.texts(home)
    assert (again.name, again.text, again.published) == (kept.name, kept.text, kept.published)


def test_what_could_not_be_undone_can_be_tried_again(home: Settings, real: Library) -> None:
    page = calls(home, library=real)
    ended(page, page.paste({"title": "Bridge", "text": "The bridge was opened."}))
    (article,) = real.articles()
    got = page.remove({"id": article.id})
    with writing(real.directory):
        assert "error" in page.undo({"undo": got["undo"]})
    assert page.undo({"undo": got["undo"]}) == {"title": "Bridge"}
    assert real.articles() == [article]
    assert [text.name for text in uploads.texts(home)] == [article.id]


def test_adding_leaves_the_sample_articles_for_a_library_of_ones_own(home: Settings, real: Library) -> None:
    bot = ChatbotDouble({}, ShelfDouble((MISSION,), is_sample=True))

    def own() -> Library:
        bot.library = real  # type: ignore[assignment]
        return real

    page = Calls(Desk(bot, own=own), home, Doors(models=lambda settings: []), uploaded=lambda path: True)
    assert "1 added" in ended(page, page.add({"paths": [put(home.home / "sent", "a.txt")]}))
    assert len(real.articles()) == 1
    assert "1 article" in page.articles({})["html"]


# --- models and jobs


def test_a_missing_model_is_offered_with_its_size_and_fetched_with_progress(home: Settings) -> None:
    state, go = {"state": "missing"}, threading.Event()

    def models(settings: Any) -> list[Any]:
        return [Weights(MODEL.name, MODEL.kind, MODEL.size, "Apache-2.0", state["state"], "the default")]  # type: ignore[arg-type]

    def fetch(name: str, settings: Any, progress: OnProgress | None) -> Path:
        assert progress is not None
        progress(Progress("fetching", 500_000_000, 1_000_000_000, BYTES))
        go.wait(30)
        state["state"] = "present"
        return Path(name)

    page = calls(home, doors=Doors(models=models, fetch=fetch))
    assert "Fetch it (1.1 GB)" in page.models({})["missing"].replace("&#46;", ".")
    started = page.fetch({"name": MODEL.name})
    for _ in range(600):
        told = page.job({"job": started["job"]})
        if told.get("share"):
            break
        threading.Event().wait(0.05)
    assert told == {"words": "Fetching: 500 MB of 1.0 GB", "share": 0.5}
    assert page.models({})["job"] == started["job"]
    assert "still being done" in page.fetch({"name": MODEL.name})["error"]
    go.set()
    assert "is here" in ended(page, started)
    assert page.missing() == ""
    assert "job" not in page.models({})
    assert "no such model" in page.fetch({"name": "../../x"})["error"]


def test_another_model_is_used_when_it_is_here_and_errors_say_what_to_do(home: Settings) -> None:
    small = Weights("smollm2-135m", "language model", 98_362_432, "Apache-2.0", "present", "for tests")
    away = Weights("qwen2.5-coder-0.5b", "language model", 491_400_064, "Apache-2.0", "missing", "faster")
    bot, told = chatbot(), list[str]()
    bot.faults = {MODEL.name: PullquoteError("It is damaged.", "Fetch it again.")}
    desk = Desk(bot, chosen=told.append)
    page = Calls(desk, home, Doors(models=lambda settings: [MODEL, small, away]))
    html = page.models({})["html"].replace("&#46;", ".")
    assert (html.count("in use"), html.count("Use this one"), "(491 MB)" in html) == (1, 1, True)
    assert "answers from the next question on" in page.use({"name": small.name})["words"]
    assert (bot.model, desk.model, told) == (small.name, small.name, [small.name])
    after = page.models({})["html"]
    assert after.index("in use") > after.index("Use this one")
    assert page.use({"name": away.name})["error"] == "qwen2.5-coder-0.5b is not on this machine yet. Fetch it first."
    assert page.use({"name": MODEL.name})["error"] == "It is damaged. Fetch it again."
    assert "no such model" in page.use({"name": "/etc/passwd"})["error"]
    assert desk.model == small.name


def test_a_model_of_the_readers_own_can_be_left_and_taken_up_again(home: Settings) -> None:
    own = home.model_copy(update={"llm": "/models/own.gguf"})
    bot = chatbot()
    page = Calls(Desk(bot), own, Doors(models=lambda settings: [MODEL]))
    assert page.missing() == ""
    first = page.models({})["html"].split("<li>")[1]
    assert ("own&#46;gguf" in first, "in use" in first, "0 B" in first) == (True, True, False)
    for name in (MODEL.name, "/models/own.gguf"):
        assert "words" in page.use({"name": name})
        assert bot.model == name


def test_a_fetch_that_fails_says_what_to_do(home: Settings) -> None:
    def fetch(name: str, settings: Any, progress: OnProgress | None) -> Path:
        raise DownloadFailed("No source delivered it.", "Check the network.")

    page = calls(home, doors=Doors(models=lambda settings: [MODEL], fetch=fetch))
    assert "→ Check the network" in ended(page, page.fetch({"name": MODEL.name})).replace("&#46;", ".")


def test_jobs_of_a_kind_run_one_at_a_time_and_an_unforeseen_end_is_an_end() -> None:
    jobs, go = Jobs(), threading.Event()

    def held(progress: OnProgress) -> str:
        go.wait(30)
        return "done"

    first = jobs.start("a", held)
    with pytest.raises(Busy):
        jobs.start("a", held)
    assert jobs.running("a") == first
    assert jobs.state(first) == {"words": "Beginning", "share": None}
    go.set()
    jobs.wait(30)
    assert jobs.state(first) == {"html": "done"}
    assert jobs.state(99) == {"html": ""}


def test_when_the_server_stops_a_running_job_may_end_and_none_begins() -> None:
    desk, go = Desk(chatbot()), threading.Event()

    def held(progress: OnProgress) -> str:
        go.wait(30)
        return "done"

    running = desk.jobs.start("library", held)
    stopped: list[bool] = []
    stopping = threading.Thread(target=lambda: stopped.append(desk.stop(600)))
    stopping.start()
    while desk.open:
        pass
    desk.hurry()
    stopping.join(60)
    assert stopped == [False], "it waited for the job until it was told to hurry"
    with pytest.raises(Busy, match="stopping"):
        desk.jobs.start("model", held)
    go.set()
    while "html" not in desk.jobs.state(running):
        pass
    assert desk.stop(0)


def test_a_job_that_runs_is_not_forgotten_for_those_after_it() -> None:
    jobs, go = Jobs(), threading.Event()
    fetch = jobs.start("model", lambda progress: str(go.wait(30)))
    for _ in range(60):
        jobs.start("library", lambda progress: "")
        while jobs.running("library"):
            pass
    assert jobs.running("model") == fetch
    go.set()
    assert jobs.wait(30)
    assert jobs.state(fetch) == {"html": "True"}


# --- names


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\x.TXT", "x.txt"),
        (".hidden.txt", "hidden.txt"),
        ("<img src=x>.txt", "img src x.txt"),
        ("Ärende – nr 1.pdf", "Ärende nr 1.pdf"),
        ("\x00\u202e.txt", "article.txt"),
        ("", "article"),
        ("a" * 300 + ".txt", "a" * 80 + ".txt"),
    ],
)
def test_a_file_name_becomes_harmless(name: str, safe: str) -> None:
    assert uploads.safe_name(name) == safe


def test_names_that_are_taken_get_a_number_and_limits_hold(home: Settings) -> None:
    sent = home.home / "sent"
    first = uploads.keep_file(Path(put(sent, "a.txt", "One.")), "a.txt", home)
    second = uploads.keep_file(Path(put(sent, "a.txt", "Two.")), "a.txt", home)
    again = uploads.keep_file(Path(put(sent, "a.txt", "One.")), "a.txt", home)
    assert [kept.path.name for kept in (first, second, again)] == ["a.txt", "a 2.txt", "a.txt"]
    assert not again.is_new
    with pytest.raises(uploads.UploadError, match="not read"):
        uploads.keep_file(Path(put(sent, "a.exe")), "a.exe", home)
    with pytest.raises(uploads.UploadError, match="empty"):
        uploads.keep_file(Path(put(sent, "a.txt", " ")), "a.txt", home)
    page = calls(home)
    assert "too many" in page.add({"paths": [put(sent, f"{n}.txt") for n in range(101)]})["html"]
    assert "is the most" in page.paste({"text": "x" * 600_000})["html"]
    with (sent / "large.txt").open("wb") as file:
        file.truncate(uploads.FILE_BYTES + 1)
    assert "is too large" in page.add({"paths": [str(sent / "large.txt")]})["html"]


def test_what_cannot_be_indexed_now_is_not_kept(home: Settings, real: Library) -> None:
    with writing(home.library_dir), pytest.raises(LibraryLocked):
        intake.take_files(real, home, [Upload("a.txt", Path(put(home.home / "sent", "a.txt")))])
    with writing(home.library_dir), pytest.raises(LibraryLocked):
        intake.take_texts(real, home, [Text("A text.")])
    assert list(uploads.folder(home).iterdir()) == []


def test_the_same_file_dropped_twice_is_taken_once(home: Settings, real: Library) -> None:
    page = calls(home, library=real)
    sent = put(home.home / "sent", "a.txt")
    assert "1 added" in ended(page, page.add({"paths": [sent, sent]}))
    assert [path.name for path in uploads.folder(home).iterdir()] == ["a.txt"]


def test_nothing_is_kept_of_files_whose_taking_in_ends_unexpectedly(home: Settings, real: Library) -> None:
    sent = [Upload("a.txt", Path(put(home.home / "sent", "a.txt"))), Upload("b.txt", home.home / "sent" / "gone")]
    with pytest.raises(FileNotFoundError):
        intake.take_files(real, home, sent)
    assert list(uploads.folder(home).iterdir()) == []


def test_two_files_of_one_name_sent_together_end_as_the_last_one(home: Settings, real: Library) -> None:
    sent = [Upload("a.txt", Path(put(home.home / str(n), "a.txt", f"Story number {n}."))) for n in range(3)]
    report = intake.take_files(real, home, sent, replacing=True)
    assert report.added == ("a.txt",)
    assert [article.text for article in real.articles()] == ["Story number 2."]
    assert [path.name for path in uploads.folder(home).iterdir()] == ["a.txt"]


def test_every_call_takes_nonsense_without_an_exception(home: Settings) -> None:
    page = calls(home)
    nonsense: list[Any] = [None, 7, "x", [], {}, {"turns": 3, "id": [], "places": 3, "paths": 7, "job": {}, "undo": []}]
    functions: list[Callable[[Any], dict[str, Any]]] = page.functions
    for function in functions:
        for sent in nonsense:
            assert isinstance(function(sent), dict)
