"""Answers, hits and articles as text for a terminal. Article text only ever enters as characters, never as markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from index.types import BYTES, Article, Hit, IngestReport, Progress
from rag.markdown import facts, marks, one_line, pieces, visible
from rag.types import Answer, Quote, Source
from ui.doors import Weights

ACCENT = "cyan"
_INDENT = 5
# Files whose lines are the lines of the article's text.
_LINED = {".txt", ".md"}


def found_line(sources: Sequence[Source]) -> str:
    """What a search found, as one line: "5 passages from 3 articles"."""
    if not sources:
        return "nothing found"
    return f"{count(len(sources), 'passage')} from {count(len({s.article.id for s in sources}), 'article')}"


def count(number: int, noun: str) -> str:
    """A number and its noun, in the plural unless it is one."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def answer_text(answer: Answer) -> Text:
    """The answer's final text; each sentence followed by the marks of its quotes."""
    text = Text()
    for piece, citation in pieces(answer):
        text.append(visible(piece))
        if citation is not None:
            supported = bool(citation.quotes) and citation.verdict != "unsupported"
            text.append(" " + marks(citation), style=ACCENT if supported else "yellow")
    text.rstrip()
    return text


def footnotes(answer: Answer) -> list[RenderableType]:
    """Each quote: its number, the exact words, and where they stand; nothing if there is none."""
    return [_Note(f"[{quote.number}]", quote.text, " · ".join(where(quote)), ACCENT) for quote in answer.quotes]


def where(quote: Quote) -> list[str]:
    """Where a quote stands, as :func:`rag.markdown.facts` says; a file that has lines with the number of the first."""
    known, file = facts(quote), quote.article.source.file
    if file and Path(file).suffix.lower() in _LINED:
        known[-1] += f":{quote.article.text.count(chr(10), 0, quote.start) + 1}"
    return known


def article_page(article: Article, quotes: Sequence[Quote] = ()) -> Group:
    """A whole article: what is known of it, then its text with the quotes coloured."""
    text = Text()
    position = 0
    for quote in sorted(quotes, key=lambda quote: quote.start):
        start = max(position, quote.start)
        text.append(visible(article.text[position:start]))
        text.append(visible(article.text[start : quote.end]), style=f"bold {ACCENT}")
        position = max(position, quote.end)
    text.append(visible(article.text[position:]))
    return Group(Text(" · ".join(article_facts(article)), style="dim"), Text(), text)


def answer_page(answer: Answer) -> Group:
    """The whole answer: its text with marks, then the quotes, or the nearest passages where there is no answer."""
    parts: list[RenderableType] = [answer_text(answer)]
    notes = footnotes(answer)
    if notes:
        parts += [Text(), *notes]
    elif answer.status == "not_in_articles" and answer.sources:
        parts += [Text("\nThe closest passages found:", style="dim"), hit_page([s.hit for s in answer.sources])]
    return Group(*parts)


def hit_page(hits: Iterable[Hit]) -> Group:
    """Passages found, best first: rank, the passage's own text, then article, day, outlet, language, address, place."""
    parts: list[RenderableType] = []
    for hit in hits:
        article, passage = hit.article, hit.passage
        address = one_line(article.source.url or "")
        known = [
            *article_facts(article),
            *filter(None, [address]),
            f"characters {passage.start}–{passage.end}",
            f"score {hit.score:.3f}",
        ]
        parts.append(_Note(f"{hit.rank}.", passage.text, " · ".join(known)))
    return Group(*parts)


def article_facts(article: Article) -> list[str]:
    """What is known of an article, for people: title, day, outlet, language."""
    known = (
        article.name,
        article.published.isoformat() if article.published else "",
        article.source.outlet or "",
        article.language if article.language != "und" else "",
    )
    return [one_line(fact) for fact in known if one_line(fact)]


def article_row(article: Article) -> tuple[str, ...]:
    """Day, language, characters, title, id, as text; what is unknown is a dash."""
    return (
        article.published.isoformat() if article.published else "–",
        article.language if article.language != "und" else "–",
        str(len(article.text)),
        one_line(article.name),
        one_line(article.id),
    )


def article_table(articles: Iterable[Article]) -> Table:
    """One row an article: day, language, characters, title, id."""
    table = _table("Published", "Language", "Characters", "Title", "Id", right=("Characters",))
    for article in articles:
        table.add_row(*(Text(cell) for cell in article_row(article)))
    return table


def model_row(model: Weights) -> tuple[str, ...]:
    """Name, kind, size, licence, state, remark, as text."""
    return (model.name, model.kind, file_size(model.size), model.licence, model.state, model.about)


def model_table(models: Iterable[Weights]) -> Table:
    """One row a model: name, kind, size, licence, state, remark."""
    colours = {"present": "green", "partial": "yellow", "missing": "dim"}
    table = _table("Name", "Kind", "Size", "Licence", "State", "", right=("Size",))
    for model in models:
        *facts_of_it, state, about = model_row(model)
        table.add_row(*facts_of_it, Text(state, style=colours[state]), Text(about, style="dim"))
    return table


def setting_table(rows: Iterable[Sequence[str]]) -> Table:
    """One row a setting: name, value, origin."""
    table = _table("Setting", "Value", "From")
    for name, value, origin in rows:
        table.add_row(name, Text(one_line(value)), Text(origin, style="dim" if origin == "default" else ACCENT))
    return table


def file_size(size: int) -> str:
    """Bytes for people, in decimal units: ``986 MB``, ``1.1 GB``."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= scale:
            return f"{size / scale:.1f} {unit}" if unit == "GB" else f"{size / scale:.0f} {unit}"
    return f"{size} B"


def amount(progress: Progress) -> str:
    """``12/40 articles · 3.1/s · 9 s left``, ``3 articles``, ``120 MB of 986 MB``; empty where nothing is counted."""
    parts = [_counted(progress)]
    if progress.per_second:
        parts.append(f"{progress.per_second:.1f}/s" if progress.per_second < 10 else f"{progress.per_second:.0f}/s")
    if progress.seconds_left is not None:
        parts.append(f"{duration(progress.seconds_left)} left")
    return " · ".join(filter(None, parts))


def duration(seconds: float) -> str:
    """A time for people: ``9 s``, ``4 min``, ``2 h 5 min``."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def report_page(report: IngestReport) -> Text:
    """What an ingest did, one line, then one line for each file that failed: which, why, what to do."""
    outcomes = {
        "added": len(report.added),
        "updated": len(report.updated),
        "unchanged": len(report.unchanged),
        "removed": len(report.removed),
        "failed": len(report.failed),
    }
    rare = {"the same as another": len(report.duplicates), "removed by you before": len(report.left_out)}
    outcomes.update({outcome: number for outcome, number in rare.items() if number})
    text = Text(", ".join(f"{number} {outcome}" for outcome, number in outcomes.items()))
    text.append(f" · {count(report.passages, 'passage')} in {report.seconds:.1f} s", style="dim")
    for failure in report.failed:
        text.append("\n✘ ", style="red")
        text.append(f"{one_line(failure.id)}: {one_line(failure.reason)}")
        if failure.hint:
            text.append(f" → {one_line(failure.hint)}", style="dim")
    return text


@dataclass(frozen=True, slots=True)
class _Note:
    """A numbered block: the words, quoted and indented, and below them, dim, where they stand.

    Wrapped to the width of a terminal; elsewhere one line for the words and one for the place.
    """

    label: str
    words: str
    where: str
    colour: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        words = Text.assemble("“", (one_line(self.words), f"italic {self.colour}".strip()), "”")
        where = Text(self.where, style="dim")
        width = options.max_width - _INDENT
        wrap = console.is_terminal and width >= _INDENT
        lines = [*(words.wrap(console, width) if wrap else [words]), *(where.wrap(console, width) if wrap else [where])]
        margin = Text(self.label.ljust(_INDENT), style=ACCENT)
        for line in lines:
            line.rstrip()
            yield margin + line
            margin = Text(" " * _INDENT)
        yield Text()


def _table(*columns: str, right: Sequence[str] = ()) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return table


def _counted(progress: Progress) -> str:
    if progress.unit == BYTES:
        return file_size(progress.done) + (f" of {file_size(progress.total)}" if progress.total else "")
    if progress.total:
        return f"{progress.done:,}/{progress.total:,} {progress.unit}".strip()
    return f"{progress.done:,} {progress.unit}".strip() if progress.done else ""
