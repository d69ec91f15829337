"""The library as HTML: a table of articles, what an ingest did, the models. Pure: values in, strings out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.types import IngestReport, LibraryStats, Listed
from ui.doors import Weights
from ui.markup import code, day, inert, language_name
from ui.plot import languages_html, months_svg
from ui.render import count, file_size

PAGE = 50
"""Rows of the table shown at once."""
_COLUMNS = (
    ("title", "Title"),
    ("published", "Published"),
    ("outlet", "Outlet"),
    ("language", "Language"),
    ("passages", "Passages"),
)
_STATES = {"present": "here", "partial": "fetched in part", "missing": "not fetched"}


@dataclass(frozen=True, slots=True)
class View:
    """What of the table a reader wants to see.

    Attributes:
        search: Words that title, outlet, language or file must hold, each of them.
        sort: The column it is sorted by.
        descending: Whether the largest or latest comes first.
        page: From 0.
    """

    search: str = ""
    sort: str = "published"
    descending: bool = True
    page: int = 0


def chosen(articles: Sequence[Listed], view: View) -> list[Listed]:
    """The articles that a view shows on all its pages, in its order; those without a value come last."""
    words = view.search.casefold().split()
    found = [article for article in articles if all(word in _words(article) for word in words)]
    column = view.sort if view.sort in dict(_COLUMNS) else "published"
    known = [article for article in found if _value(article, column)]
    unknown = [article for article in found if not _value(article, column)]
    known.sort(key=lambda article: _key(article, column), reverse=view.descending)
    return known + unknown


def table_html(articles: Sequence[Listed], view: View, ready: Mapping[str, int] | None = None) -> str:
    """A page of the table, with buttons to sort, to read and to remove.

    Args:
        articles: Every article.
        view: What is wanted of them.
        ready: How many passages of each article are computed already; None where nothing is computed beforehand.
    """
    if not articles:
        return '<p class="pq-empty">There are no articles yet. Drop some files above, or paste a text.</p>'
    found = chosen(articles, view)
    if not found:
        return f'<p class="pq-empty" role="status">No article matches “{inert(view.search)}”.</p>'
    last = (len(found) - 1) // PAGE
    page = min(max(0, view.page), last)
    shown = found[page * PAGE : (page + 1) * PAGE]
    heads = "".join(_head(key, name, view) for key, name in _COLUMNS)
    heads += '<th scope="col">Ready</th>' if ready is not None else ""
    rows = "".join(_row(article, ready) for article in shown)
    total = count(len(found), "article")
    amount = total if last == 0 else f"{page * PAGE + 1}–{page * PAGE + len(shown)} of {total}"
    return (
        f'<table class="pq-table"><caption class="pq-unseen">Articles of the library</caption><thead><tr>{heads}'
        f'<th scope="col"><span class="pq-unseen">Remove</span></th></tr></thead><tbody>{rows}</tbody></table>'
        f'<div class="pq-pages"><span role="status">{amount}</span>{_pager(page, last)}</div>'
    )


def statistics_html(articles: Sequence[Listed], stats: LibraryStats) -> str:
    """How much there is, of which months and in which languages."""
    if not articles:
        return ""
    counted = (
        f'<p class="pq-count"><strong>{stats.articles:,}</strong> {"article" if stats.articles == 1 else "articles"}'
    )
    counted += f", <strong>{stats.passages:,}</strong> passages</p>"
    months = months_svg(article.published for article in articles if article.published)
    return counted + months + languages_html(Counter(article.language for article in articles))


def report_html(report: IngestReport, refused: Sequence[tuple[str, str]] = ()) -> str:
    """What adding did, then each file that failed with the reason and what to do.

    Args:
        report: Of the library.
        refused: Names and reasons of files that never came so far.
    """
    outcomes = (
        ("added", len(report.added)),
        ("updated", len(report.updated)),
        ("already there", len(report.unchanged) + len(report.duplicates)),
        ("failed", len(report.failed) + len(refused)),
    )
    said = ", ".join(f"{number} {outcome}" for outcome, number in outcomes if number) or "nothing to do"
    failed = "".join(
        f"<li><strong>{inert(failure.id)}</strong> {inert(_reason(failure.id, failure.reason))}"
        f"{f' <span>→ {inert(failure.hint)}</span>' if failure.hint else ''}</li>"
        for failure in report.failed
    )
    failed += "".join(f"<li><strong>{inert(name)}</strong> {inert(reason)}</li>" for name, reason in refused)
    listed = f'<ul class="pq-failures">{failed}</ul>' if failed else ""
    return f'<p class="pq-head" role="status">{said.capitalize()} in {report.seconds:.1f} s.</p>{listed}'


def models_html(models: Sequence[Weights], used: str, *, fetching: bool) -> str:
    """The language models: what each is, its size and licence, whether it is here, and a button to fetch or use it."""
    rows = "".join(_model(model, used, fetching=fetching) for model in models if model.kind == "language model")
    return f'<ul class="pq-models">{rows}</ul>'


def missing_html(models: Sequence[Weights], *, fetching: bool) -> str:
    """The offer to fetch a model that answers need and that is not here."""
    size = file_size(sum(model.size for model in models))
    names = " and ".join(inert(model.name) for model in models)
    button = (
        ""
        if fetching
        else f'<button type="button" class="pq-button" data-do="fetch" data-name="{inert(models[0].name)}">'
        f"Fetch it ({size})</button>"
    )
    return (
        f"<p><strong>The language model is not here yet.</strong> {names} is fetched once, checked, and kept; "
        f"afterwards nothing touches the network. You can already search and read.</p>{button}"
        f'<p class="pq-fetching"{"" if fetching else " hidden"}></p>'
    )


def ready_words(done: int, passages: int) -> str:
    """How many of an article's passages are computed already; the page's script says it in the same words."""
    return "all" if done >= passages else f"{done:,} of {passages:,}"


def _words(article: Listed) -> str:
    parts = (article.title, article.outlet, language_name(article.language), article.language, article.id)
    day_ = article.published.isoformat() if article.published else ""
    return " ".join((*parts, day_)).casefold()


def _value(article: Listed, column: str) -> object:
    return article.name if column == "title" else getattr(article, column)


def _key(article: Listed, column: str) -> tuple[str | int, str]:
    value = _value(article, column)
    if isinstance(value, int):
        return value, article.id
    if column == "language":
        return language_name(article.language).casefold(), article.id
    return str(value).casefold(), article.id


def _head(key: str, name: str, view: View) -> str:
    order = ("descending" if view.descending else "ascending") if view.sort == key else "none"
    return (
        f'<th scope="col" aria-sort="{order}" class="pq-col-{key}">'
        f'<button type="button" data-do="sort" data-key="{key}">{name}'
        f'<span class="pq-order" aria-hidden="true"></span></button></th>'
    )


def _row(article: Listed, ready: Mapping[str, int] | None) -> str:
    cells = (
        ("published", "Published", day(article.published.isoformat() if article.published else "")),
        ("outlet", "Outlet", inert(article.outlet)),
        ("language", "Language", inert(language_name(article.language))),
        ("passages", "Passages", f"{article.passages:,}"),
    )
    more = "".join(f'<td class="pq-col-{key}" data-label="{label}">{words or "–"}</td>' for key, label, words in cells)
    if ready is not None:
        done = min(ready.get(article.id, 0), article.passages)
        more += (
            f'<td class="pq-col-ready" data-label="Ready" data-passages="{article.passages}">'
            f"{ready_words(done, article.passages)}</td>"
        )
    name = inert(article.name)
    return (
        f'<tr data-article="{inert(article.id)}"><th scope="row" class="pq-col-title" lang="{code(article.language)}">'
        f'<button type="button" data-do="read">{name}</button></th>{more}'
        f'<td class="pq-col-remove"><button type="button" class="pq-quiet" data-do="remove" '
        f'aria-label="Remove {name}">Remove</button></td></tr>'
    )


def _pager(page: int, last: int) -> str:
    if last == 0:
        return ""
    before, after = ("disabled" if page == 0 else "", "disabled" if page == last else "")
    return (
        f'<button type="button" class="pq-quiet" data-do="previous-page" {before}>Previous</button>'
        f'<button type="button" class="pq-quiet" data-do="next-page" {after}>Next</button>'
    )


def _reason(name: str, reason: str) -> str:
    """The reason without the path of the data directory, which says nothing to the reader."""
    return reason.rpartition(f"{name}: ")[2].removeprefix(name).strip() if name in reason else reason


def _model(model: Weights, used: str, *, fetching: bool) -> str:
    size = file_size(model.size) if model.size else ""
    known = " · ".join(part for part in (size, model.licence, model.about) if part)
    if model.name == used:
        action = '<span class="pq-used">in use</span>'
    elif model.state == "present":
        action = (
            f'<button type="button" class="pq-quiet" data-do="use" data-name="{inert(model.name)}">Use this one'
            f'<span class="pq-unseen">, {inert(model.name)}</span></button>'
        )
    else:
        action = ""
    if model.state != "present":
        held = "disabled" if fetching else ""
        action += (
            f' <button type="button" class="pq-quiet" data-do="fetch" data-name="{inert(model.name)}" {held}>Fetch'
            f'<span class="pq-unseen"> {inert(model.name)}</span> ({file_size(model.size)})</button>'
        )
    return (
        f'<li><div><strong>{inert(model.name)}</strong> <span class="pq-credit">{inert(known)} · '
        f"{_STATES[model.state]}</span></div><div>{action}</div></li>"
    )
