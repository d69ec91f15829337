"""The commands: what they print where, and the status they leave. The doors are doubles; nothing is loaded."""

import contextlib
import errno
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from index.errors import LibraryLocked, PullquoteError
from index.facets import Filter
from index.load import Columns
from index.types import BYTES, Article, Failure, Origin, Progress
from rag.types import Answer, Status
from ui import beacon, cli, reference
from ui.commands.session import STATUSES
from ui.conversation import converse
from ui.doors import Answerer, Doors, OnProgress, Serving, Shelf, Weights
from ui.double import ChatbotDouble, ShelfDouble, quoted
from ui.settings import Settings
from ui.terminal import Terminal

ROOT = Path(__file__).parent.parent
QUESTION = "What did Russia close?"
MISSION = Article(
    "a.txt",
    "Mission\x1b]0;owned\x07 closed [bold]now[/bold]",
    "Moscow closed its mission\non November 1. Eight diplomats had left.",
    "en",
    date(2021, 10, 18),
    Origin("news/a.txt", "Reuters"),
)
SWEDISH = Article("b.txt", "Kontoret stängs", "Ryssland stänger sitt kontor.", "sv")
ANSWER = quoted(
    QUESTION,
    [
        ("It closed its mission.", [(MISSION, "Moscow closed its mission\non November 1."), (SWEDISH, SWEDISH.text)]),
        ("Nobody knows why.", []),
    ],
)
WEIGHTS = [
    Weights("big", "language model", 1_117_320_768, "Apache-2.0", "present"),
    Weights("small", "embedder", 71_622_400, "MIT", "partial"),
]


@pytest.fixture(autouse=True)
def bare_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No setting of whoever runs the tests; the environment is the command line's input."""
    for name in [name for name in os.environ if name.startswith("PULLQUOTE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PULLQUOTE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(sys, "stdin", io.StringIO())  # nothing is piped in
    return tmp_path / "home"


def doors(chatbot: ChatbotDouble | None = None, error: PullquoteError | None = None) -> Doors:
    """Doors to one chatbot and its library; or doors that all fail."""
    bot = chatbot or ChatbotDouble({QUESTION: ANSWER}, ShelfDouble((MISSION, SWEDISH)))

    def open_chatbot(settings: Settings, progress: OnProgress | None) -> Answerer:
        _raise(error)
        return bot

    def open_library(settings: Settings, progress: OnProgress | None, writable: bool) -> Shelf:
        _raise(error)
        return bot.library

    def fetch(name: str, settings: Settings, progress: OnProgress | None) -> Path:
        if progress is not None:
            progress(Progress("fetching", 1, 2, BYTES))
        return settings.models_dir / name

    return Doors(
        chatbot=open_chatbot,
        library=open_library,
        rebuilding=lambda settings: contextlib.nullcontext(lambda: None),
        models=lambda settings: WEIGHTS,
        fetch=fetch,
        serve=lambda chatbot, serving: None,
    )


def _raise(error: PullquoteError | None) -> None:
    if error is not None:
        raise error


def run(capsys: pytest.CaptureFixture[str], *arguments: str, through: Doors | None = None) -> tuple[int, str, str]:
    status = cli.main(arguments, through or doors())
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_ask_prints_the_answer_with_marks_and_its_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "ask", QUESTION)
    assert status == 0
    assert out.splitlines() == [
        "It closed its mission. [1][2] Nobody knows why. [no quote]",
        "",
        "[1]  “Moscow closed its mission on November 1.”",
        "     Mission␛]0;owned␇ closed [bold]now[/bold] · 2021-10-18 · Reuters · en · characters 0–40 · news/a.txt:1",
        "",
        "[2]  “Ryssland stänger sitt kontor.”",
        "     Kontoret stängs · sv · characters 0–29",
        "",
    ]
    assert err == "2 passages from 2 articles\n"


def test_ask_json_prints_one_object_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "ask", QUESTION, "--json")
    assert (status, err) == (0, "")
    assert out.count("\n") == 1
    assert json.loads(out) == json.loads(json.dumps(ANSWER.to_dict()))
    assert "\x1b" not in out


def test_ask_closes_what_it_opened(capsys: pytest.CaptureFixture[str]) -> None:
    bot = ChatbotDouble({QUESTION: ANSWER})
    run(capsys, "ask", QUESTION, through=doors(bot))
    assert bot.closed


def test_ask_what_the_articles_do_not_say_leaves_3_and_shows_the_closest(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "ask", "Where is the mission of elephants?")
    assert status == 3
    assert out.startswith("The articles do not say.\n\nThe closest passages found:\n1.   “Moscow closed")


def test_ask_without_articles_leaves_4_and_says_how_to_get_some(capsys: pytest.CaptureFixture[str]) -> None:
    empty = Answer(QUESTION, "There are no articles.", "no_articles")
    status, out, err = run(capsys, "ask", QUESTION, through=doors(ChatbotDouble({QUESTION: empty})))
    assert (status, out) == (4, "There are no articles.\n")
    assert "→ pullquote index FOLDER" in err


@pytest.mark.parametrize("status", ["about_library", "small_talk"])
def test_ask_leaves_0_where_no_article_was_needed(capsys: pytest.CaptureFixture[str], status: Status) -> None:
    answer = Answer(QUESTION, "There are 2 articles:\n1. One\n2. Two", status)
    code, out, err = run(capsys, "ask", QUESTION, through=doors(ChatbotDouble({QUESTION: answer})))
    assert (code, out) == (0, "There are 2 articles:\n1. One\n2. Two\n")
    assert "withdrawn" not in err


def test_ask_says_when_the_articles_are_the_sample(capsys: pytest.CaptureFixture[str]) -> None:
    bot = ChatbotDouble({QUESTION: ANSWER}, ShelfDouble((MISSION,), is_sample=True))
    assert "sample articles" in run(capsys, "ask", QUESTION, through=doors(bot))[2]


@pytest.mark.parametrize(
    "arguments",
    [("ask",), ("ask", "  "), ("nope",), ("ask", "why?", "--sources", "99"), ("index", "/no/such/place"), ("--nope",)],
)
def test_wrong_usage_leaves_2_and_one_sentence_with_a_hint(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    sentence, hint = err.splitlines()
    assert sentence.startswith("pullquote: ")
    assert hint.startswith("→ ")


@pytest.mark.parametrize(
    "arguments", [("ask", QUESTION), ("ask", QUESTION, "--json"), ("chat",), ("search", "x"), ("articles",), ("serve",)]
)
def test_an_error_leaves_1_and_its_sentence_and_hint(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    error = LibraryLocked("Another process is writing \x1b[2J.", "Wait, then try again.")
    status, out, err = run(capsys, *arguments, through=doors(error=error))
    assert (status, out) == (1, "")
    assert err.endswith("pullquote: Another process is writing ␛[2J.\n→ Wait, then try again.\n")


def test_an_error_of_the_system_is_a_sentence_too(capsys: pytest.CaptureFixture[str]) -> None:
    def full(*_: object) -> ChatbotDouble:
        raise OSError(errno.ENOSPC, "No space left on device", "/home/x")

    status, out, err = run(capsys, "ask", QUESTION, through=Doors(chatbot=full))
    assert (status, out) == (1, "")
    assert "pullquote: /home/x: No space left on device.\n→ " in err


def test_bytes_that_are_no_text_are_no_words_to_search_for(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, "search", "vad h\udce4nde")
    assert status == 2
    assert "bytes in it that are no text" in err


def test_a_setting_that_cannot_be_used_leaves_1(capsys: pytest.CaptureFixture[str], bare_home: Path) -> None:
    bare_home.mkdir()
    (bare_home / "config.toml").write_text("sources = 'many'")
    status, _, err = run(capsys, "config")
    assert status == 1
    assert "'sources'" in err


def test_index_reports_each_outcome_and_each_failure(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).touch()
    library = ShelfDouble(failures=(Failure("b.txt", "It is empty.", "Write something."),))
    bot = ChatbotDouble({}, library)
    status, out, err = run(capsys, "index", str(tmp_path / "a.txt"), str(tmp_path / "b.txt"), through=doors(bot))
    assert status == 0
    assert out.splitlines() == [
        "1 added, 0 updated, 0 unchanged, 0 removed, 1 failed · 1 passage in 0.5 s",
        "✘ b.txt: It is empty. → Write something.",
    ]
    assert err == "embedding…\n"
    status, _, _ = run(capsys, "index", str(tmp_path / "b.txt"), through=doors(bot))
    assert status == 1
    assert library.closed


def test_serve_tells_other_commands_of_the_model_that_a_reader_chose(
    capsys: pytest.CaptureFixture[str], bare_home: Path
) -> None:
    told: list[str] = []

    def serve(chatbot: Answerer, serving: Serving) -> None:
        assert serving.ready is not None
        assert serving.chosen is not None
        serving.ready("http://127.0.0.1:1")
        for model in ("", "smollm2-135m"):
            if model:
                serving.chosen(model)
            told.append(json.loads((bare_home / beacon.FILE).read_text(encoding="utf-8"))["settings"])

    bot = ChatbotDouble({}, ShelfDouble((MISSION,)))
    run(capsys, "serve", through=Doors(chatbot=lambda settings, progress: bot, serve=serve))
    assert told == [beacon.fingerprint(Settings.load()), beacon.fingerprint(Settings.load(llm="smollm2-135m"))]


@pytest.mark.parametrize("readable", [True, False])
def test_the_old_library_goes_when_a_new_one_is_built(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, readable: bool
) -> None:
    told: list[str] = []

    @contextlib.contextmanager
    def rebuilding(settings: Settings) -> Iterator[Callable[[], None]]:
        told.append(settings.library_dir.name)
        yield lambda: told.append("finished")
        told.append("over")

    shelf = ShelfDouble(failures=() if readable else (Failure(tmp_path.name, "it is empty"),))
    base = doors(ChatbotDouble({}, shelf))
    through = Doors(library=base.library, rebuilding=rebuilding)
    run(capsys, "index", str(tmp_path), through=through)
    assert told == []
    run(capsys, "index", "--rebuild", str(tmp_path), through=through)
    assert told == ["library", *(["finished"] if readable else []), "over"]


def test_index_is_told_the_names_of_columns(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    shelf = ShelfDouble()
    bot = ChatbotDouble({}, shelf)
    assert cli.main(["index", "--column", "text=body", "--column", "date=when", str(tmp_path)], doors(bot)) == 2
    assert "'--column date': write FIELD=NAME" in capsys.readouterr().err
    assert cli.main(["index", "--column", "text", str(tmp_path)], doors(bot)) == 2
    assert cli.main(["index", "--column", "text=body", "--column", "published=when", str(tmp_path)], doors(bot)) == 0
    assert shelf.columns == Columns(text="body", published="when")
    assert cli.main(["index", str(tmp_path)], doors(bot)) == 0
    assert shelf.columns is None


@pytest.mark.parametrize("command", [["search", "mission"], ["articles"]])
def test_search_and_list_are_narrowed(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    shelf = ShelfDouble((MISSION,))
    options = ["--outlet", "Reuters", "--url", "x.org", "--language", "Swedish", "--since", "2021-10-01"]
    assert cli.main([*command, *options, "--until", "2021-10-31"], doors(ChatbotDouble({}, shelf))) == 0
    assert shelf.only == Filter("Reuters", "x.org", "sv", date(2021, 10, 1), date(2021, 10, 31))
    assert cli.main(command, doors(ChatbotDouble({}, shelf))) == 0
    assert shelf.only is None
    assert cli.main([*command, "--language", "Klingon"], doors(ChatbotDouble({}, shelf))) == 1
    assert "Give its code" in capsys.readouterr().err


def test_search_shows_passages_and_speaks_json(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "search", "mission")
    assert status == 0
    assert out.startswith("1.   “Moscow closed its mission on November 1. Eight diplomats had left.”\n     Mission␛")
    hits = json.loads(run(capsys, "search", "mission kontor", "--limit", "1", "--json")[1])
    assert [found["article"]["id"] for found in hits] == ["a.txt"]
    status, out, err = run(capsys, "search", "elephants")
    assert (status, out, err) == (0, "", "Nothing found.\n")


def test_articles_are_lines_of_cells_and_speak_json(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "articles")
    assert status == 0
    assert out.splitlines()[1].split("\t") == ["–", "sv", "29", "Kontoret stängs", "b.txt"]
    assert err == "2 articles\n"
    assert [article["id"] for article in json.loads(run(capsys, "articles", "--json")[1])] == ["a.txt", "b.txt"]


def test_models_lists_and_fetches(capsys: pytest.CaptureFixture[str], bare_home: Path) -> None:
    assert run(capsys, "models")[1].splitlines() == [
        "big\tlanguage model\t1.1 GB\tApache-2.0\tpresent\t",
        "small\tembedder\t72 MB\tMIT\tpartial\t",
    ]
    status, out, err = run(capsys, "models", "fetch", "big")
    assert (status, out, err) == (0, f"{bare_home / 'models' / 'big'}\n", "fetching…\n")


def test_serve_tells_its_address_and_hands_over_its_settings(capsys: pytest.CaptureFixture[str]) -> None:
    served: list[Serving] = []

    def serve(chatbot: Answerer, serving: Serving) -> None:
        served.append(serving)
        assert serving.ready is not None
        serving.ready("http://127.0.0.1:80")

    through = Doors(chatbot=doors().chatbot, serve=serve, own=lambda chatbot, settings: ShelfDouble((SWEDISH,)))
    _, out, err = run(capsys, "serve", "--port", "80", "--llm", "small", through=through)
    assert (out, "Pullquote is at http://127.0.0.1:80" in err) == ("", True)
    assert [(one.host, one.port, one.settings.llm) for one in served] == [("127.0.0.1", 80, "small")]
    assert served[0].own is not None
    assert len(served[0].own().articles()) == 1


def test_serve_refuses_a_public_address_without_a_token(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, "serve", "--host", "0.0.0.0", through=Doors(chatbot=doors().chatbot))
    assert status == 1
    assert "there is no token" in err
    assert "→ Set one: PULLQUOTE_TOKEN=" in err


def test_a_secret_setting_is_not_shown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULLQUOTE_TOKEN", "s3cret")
    _, out, _ = run(capsys, "config")
    assert "token\t**********\tenvironment" in out
    assert "s3cret" not in out


def test_config_says_where_each_setting_comes_from(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "elsewhere"
    home.mkdir()
    (home / "config.toml").write_text("sources = 7\n")
    monkeypatch.setenv("PULLQUOTE_LLM", "small")
    status, out, _ = run(capsys, "--home", str(home), "config")
    assert status == 0
    rows = {row.split("\t")[0]: row.split("\t")[1:] for row in out.splitlines()[:-1]}
    assert rows["home"] == [str(home), "argument"]
    assert rows["llm"] == ["small", "environment"]
    assert rows["sources"] == ["7", "config.toml"]
    assert rows["seed"] == ["0", "default"]
    assert set(rows) == set(Settings.model_fields)
    assert out.splitlines()[-1] == str(home / "config.toml")


def test_options_reach_the_settings(capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[Settings] = []

    def open_chatbot(settings: Settings, progress: OnProgress | None) -> Answerer:
        seen.append(settings)
        return ChatbotDouble({QUESTION: ANSWER})

    run(
        capsys,
        "ask",
        QUESTION,
        "--llm",
        "big",
        "--embedder",
        "e",
        "--sources",
        "3",
        through=Doors(chatbot=open_chatbot),
    )
    assert [(s.llm, s.embedder, s.sources) for s in seen] == [("big", "e", 3)]


def test_without_a_command_there_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys)
    assert status == 0
    assert "doctor" in out
    assert run(capsys, "--version")[1].startswith("pullquote ")


def test_a_conversation_remembers_cancels_and_survives_errors(capsys: pytest.CaptureFixture[str]) -> None:
    bot = ChatbotDouble({QUESTION: ANSWER}, ShelfDouble((MISSION,)))
    script: Iterator[str | BaseException] = iter([QUESTION, "", KeyboardInterrupt(), "And the mission?", EOFError()])

    def read() -> str:
        said = next(script)
        if isinstance(said, BaseException):
            raise said
        return said

    turns = converse(Terminal(), bot, read=read)
    assert [turn.question for turn in turns] == [QUESTION, "And the mission?"]
    assert [len(history) for _, history in bot.asked] == [0, 1]
    assert bot.asked[1][1][0].answer == ANSWER.text
    captured = capsys.readouterr()
    assert "Ctrl-D leaves" in captured.err
    assert "[1]  “Moscow closed" in captured.out


def test_the_reference_is_committed_and_names_every_command_and_option() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert page == reference.reference(), "run: python -m ui.reference > docs/cli.md"
    paths = [path for path, _ in reference.commands()]
    wanted = "ask chat index search articles remove serve mcp feedback eval doctor config models"
    groups = {"pullquote", "pullquote models fetch", "pullquote feedback export"}
    assert set(paths) == groups | {f"pullquote {name}" for name in wanted.split()}
    for path, command in reference.commands():
        section = page.split(f"## `{path}", 1)[1].split("\n## ", 1)[0]
        for option in reference.options(command):
            assert all(f"`{name}" in section or f", {name}" in section for name in option.opts)
            assert option.help
    for status in STATUSES:
        assert f"| {status} |" in page


def test_help_loads_no_model_library() -> None:
    code = (
        "import sys; from ui import cli; status = cli.main(['--help']); "
        "heavy = {'torch', 'chromadb', 'llama_cpp', 'gradio', 'sentence_transformers', 'fastapi', 'mcp', 'httpx'}; "
        "heavy &= set(sys.modules); "
        "sys.exit(repr(heavy) if heavy else status)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Usage: pullquote" in done.stdout
