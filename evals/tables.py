"""Figures as a table on a terminal, as rows for a program, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.table import Table

RATES: Mapping[str, str] = {
    "accuracy": "right",
    "refused_unanswerable": "refused rightly",
    "false_refusals": "refused wrongly",
    "quote_precision": "quote precision",
    "quote_recall": "quote recall",
    "verbatim": "verbatim",
    "gold_found": "gold found",
    "believed_false": "believed a false document",
    "disputed": "said that articles disagree",
    "in_its_language": "in the question's language",
}
SECONDS: Mapping[str, str] = {
    "seconds_to_first_token": "s to first token",
    "seconds_to_verdicts": "s to verdicts",
    "seconds_total": "s in all",
}


def results_table(sets: Mapping[str, Mapping[str, Any]], engine: str = "default") -> Table:
    """The figures, one to a row, of every set, one to a column; each rate with its 95 % interval below it."""
    title = "Answers, judged by rules; 95 % intervals" + ("" if engine == "default" else f"; engine {engine}")
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for name in sets:
        table.add_column(name, justify="right", overflow="fold")
    table.add_row("n", *(str(figures["n"]) for figures in sets.values()))
    table.add_row("area under ROC", *(area_cell(figures["auroc"]) for figures in sets.values()))
    for key, heading in RATES.items():
        table.add_row(heading, *(rate_cell(figures, key) for figures in sets.values()))
    for key, heading in SECONDS.items():
        table.add_row(heading, *(seconds_cell(figures[key]) for figures in sets.values()))
    return table


def left_out_table(left_out: Mapping[str, Mapping[str, float | None]], *headings: str) -> Table:
    """The figures of each set, as it is judged by a model that has not seen it; a heading for each figure."""
    table = Table("set", *headings, title="Left out, set by set")
    for name, figures in left_out.items():
        table.add_row(name, *("–" if value is None else f"{value:g}" for value in figures.values()))
    return table


def area_cell(value: float | None) -> str:
    """An area under the curve with two decimals, or a dash."""
    return "–" if value is None else f"{value:.2f}"


def rate_cell(figures: Mapping[str, Any], key: str) -> str:
    """A rate and its interval, such as ``.83`` over ``.61–.94``; a dash where nothing was tried."""
    if figures[key] is None:
        return "–"
    low, high = figures[f"{key}_95"]
    return f"{figures[key]:.2f}\n{low:.2f}–{high:.2f}"


def seconds_cell(seconds: float | None) -> str:
    """Seconds with two decimals, or a dash."""
    return "–" if seconds is None else f"{seconds:.2f}"


def figure_rows(engines: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    """The same for programs: set, engine, figure, value, bounds of its 95 % interval, trials; what is not is empty."""
    for engine, measured in engines.items():
        for name, figures in measured["sets"].items():
            for key in ("n", "auroc", *RATES, *SECONDS):
                low, high = figures.get(f"{key}_95") or ("", "")
                cells = (figures[key], low, high, figures.get(f"{key}_n", ""))
                yield (name, engine, key, *("" if cell is None else str(cell) for cell in cells))


def markdown_table(headings: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> list[str]:
    """The lines of a table in Markdown, its first ``left`` columns words and the others figures."""
    marks = ["---"] * left + ["---:"] * (len(headings) - left)
    return [f"| {' | '.join(cells)} |" for cells in (headings, marks, *rows)]


def markdown_rate(figures: Mapping[str, Any], key: str) -> str:
    """A rate and its interval in one line; a dash where nothing was tried."""
    if figures.get(key) is None:
        return "–"
    low, high = figures[f"{key}_95"]
    return f"{figures[key]:.3f} ({low:.2f}–{high:.2f})"


def provenance(results: Mapping[str, Any]) -> str:
    """Machine, models, commit, day and command, in one paragraph."""
    machine, settings = results["machine"], results["settings"]
    commit = (machine["commit"] or "unknown")[:12] + (" with uncommitted changes" if machine["modified"] else "")
    return (
        f"Measured {machine['measured'][:10]} on {machine['cpu']}, {machine['cores']} cores, "
        f"{machine['memory_gib']} GiB; language model `{settings['llm']}`, embedder `{settings['embedder']}`; "
        f"commit {commit}; Python {machine['python']}. Command: `{' '.join(results['command'])}`"
    )
