"""Small plots as SVG inside the page: no script, no library, no colour that the page does not set. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from ui.markup import inert, language_name
from ui.render import count

# More months than these are shown by year.
_MONTHS = 36
_HEIGHT, _GAP, _BAR = 64, 2, 10


def months_svg(days: Iterable[date]) -> str:
    """How many articles there are of each month, or of each year where there are many months; empty without days."""
    known = sorted(days)
    if not known:
        return ""
    first, last = known[0], known[-1]
    by_year = (last.year - first.year) * 12 + last.month - first.month >= _MONTHS
    counted = Counter((day.year, 0 if by_year else day.month) for day in known)
    steps = _years(first, last) if by_year else _months(first, last)
    top = max(counted.values())
    bars = "".join(_bar(place, counted[step], top, _name(step)) for place, step in enumerate(steps))
    width = len(steps) * (_BAR + _GAP)
    said = (
        f"{count(len(known), 'dated article')} from {_name(steps[0])} to {_name(steps[-1])}; "
        f"most, {top}, in {_name(max(steps, key=lambda step: counted[step]))}"
    )
    return (
        f'<figure class="pq-plot"><figcaption>Articles a {"year" if by_year else "month"}</figcaption>'
        f'<svg role="img" aria-label="{inert(said)}" viewBox="0 0 {width} {_HEIGHT}" '
        f'preserveAspectRatio="xMinYMax meet">'
        f'{bars}</svg><p class="pq-axis" aria-hidden="true"><span>{_name(steps[0])}</span>'
        f"<span>{_name(steps[-1]) if len(steps) > 1 else ''}</span></p></figure>"
    )


def languages_html(languages: Mapping[str, int]) -> str:
    """How many articles there are in each language, most first, as bars with their names and numbers."""
    if not languages:
        return ""
    ordered = sorted(languages.items(), key=lambda pair: -pair[1])
    top = ordered[0][1]
    rows = "".join(
        f'<li><span class="pq-bar-name">{inert(language_name(code) or "unknown")}</span>'
        f'<span class="pq-bar" aria-hidden="true"><span style="width: {100 * number / top:.0f}%"></span></span>'
        f'<span class="pq-bar-number">{number:,}</span></li>'
        for code, number in ordered
    )
    return f'<figure class="pq-plot"><figcaption>Languages</figcaption><ul class="pq-bars">{rows}</ul></figure>'


def _bar(place: int, number: int, top: int, name: str) -> str:
    height = max(2, round(number / top * _HEIGHT)) if number else 0
    x, y = place * (_BAR + _GAP), _HEIGHT - height
    return f'<rect x="{x}" y="{y}" width="{_BAR}" height="{height}"><title>{name}: {number}</title></rect>'


def _months(first: date, last: date) -> list[tuple[int, int]]:
    start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    return [(month // 12, month % 12 + 1) for month in range(start, end + 1)]


def _years(first: date, last: date) -> list[tuple[int, int]]:
    return [(year, 0) for year in range(first.year, last.year + 1)]


def _name(step: tuple[int, int]) -> str:
    year, month = step
    return f"{date(year, month, 1):%B %Y}" if month else str(year)
