"""``python -m evals.performance [--check]``: ``docs/performance.md`` and its plot, from ``evals/results`` alone."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from evals.engine import LONG_ANSWER
from evals.machine import REPOSITORY
from evals.splicing import splicing_section

RESULTS = REPOSITORY / "evals" / "results" / "engine.json"
DOCUMENT = REPOSITORY / "docs" / "performance.md"
COMPARISONS = ("engines-mixed.json", "engines.json")
"""Beside ``engine.json``: results of ``evals.answers``, whose engines ``full`` and ``spliced`` were asked the same."""
PLOT = "engine-growth.svg"
WIDTH, HEIGHT, MARGIN = 640, 360, 56


def document(results: Mapping[str, Any], comparisons: Sequence[Mapping[str, Any]] = ()) -> str:
    """The whole document: what ``engine.json`` has, and what splicing costs in answers where that was measured."""
    figures, machine = results["figures"], results["machine"]
    long = figures["long_drafted_to_plain"]
    rows = [
        ("seconds to the first word, passages on disk", f"{figures['warm_first']:.2f}"),
        ("seconds to the first word, no passage computed", f"{figures['cold_first']:.2f}"),
        ("seconds to the first word, `create_chat_completion`", f"{figures['their_first']:.2f}"),
        ("times faster than it, passages on disk", f"{figures['warm_times_faster']:.1f}"),
        ("seconds in relation to it, no passage computed", f"{figures['cold_to_theirs']:.2f}"),
        ("tokens a second, one by one", f"{figures['plain_rate']:.1f}"),
        ("tokens a second, `create_chat_completion`", f"{figures['their_rate']:.1f}"),
        ("times as fast with drafts, all answers", f"{figures['drafted_to_plain']:.2f}"),
        ("… the least of all answers", f"{figures['drafted_to_plain_least']:.2f}"),
        (
            f"… {figures['long_answers']} answers of {LONG_ANSWER} tokens and more that quote",
            "–" if long is None else f"{long:.2f}",
        ),
        ("… the least of these", "–" if long is None else f"{figures['long_drafted_to_plain_least']:.2f}"),
        ("tokens drafted, and accepted", f"{figures['drafted']}, {figures['accepted']}"),
        ("answers the same with drafts, token for token", f"{figures['same']} of {figures['compared']}"),
        ("peak memory of the whole process, MB", f"{results['peak_memory_mb']:.0f}"),
        ("MB on disk for a thousand passages", f"{results['mb_on_disk_for_1000_passages']:.0f}"),
    ]
    table = "\n".join(f"| {name} | {value} |" for name, value in rows)
    note = (
        "" if results["complete"] else "\n**The run was interrupted; these figures cover what was asked until then.**\n"
    )
    return f"""# Performance of the engine

Written by `python -m evals.performance` from `evals/results/engine.json`; `make eval-engine` measures again.
{note}
Measured {machine["measured"][:10]} on {machine["cpu"]}, {machine["cores"]} cores, with `{results["settings"]["llm"]}`;
commit {machine["commit"][:12]}; command: `{" ".join(results["command"])}`.
All ways in turn, question by question, in one process with the same file and the same text; medians over
{figures["questions"]} questions with prompts of {figures["prompt_tokens"]:.0f} tokens. Ours computes passages once
(`PULLQUOTE_PASSAGE_CACHE=true`); `create_chat_completion` is llama-cpp-python's own. Answers here are short; so that
there are long ones that quote, each question was put once more, as a wish for the sentences that answer it. `pullquote
ask` begins with one passage, not with such a prompt: its first word takes a second or two if that is not computed yet.

| | |
|---|---:|
{table}

![Seconds to the first word as the prompt grows]({PLOT})
{splicing_section(comparisons, results["mb_on_disk_for_1000_passages"] / 1000) if comparisons else ""}"""


def plot(growth: Sequence[Sequence[Mapping[str, Any]]]) -> str:
    """Seconds to the first word over prompt tokens, for 1, 2, 4, 8 and 16 passages, as SVG; medians over questions."""
    points = [
        {key: median(float(row[key]) for row in rows) for key in ("prompt_tokens", "cold", "warm")}
        for rows in zip(*growth, strict=True)
    ]
    most_x = max(point["prompt_tokens"] for point in points)
    most_y = max(point["cold"] for point in points)

    def place(point: Mapping[str, float], key: str) -> tuple[float, float]:
        across = MARGIN + point["prompt_tokens"] / most_x * (WIDTH - 2 * MARGIN)
        return across, HEIGHT - MARGIN - point[key] / most_y * (HEIGHT - 2 * MARGIN)

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<path d="M{MARGIN} {MARGIN}V{HEIGHT - MARGIN}H{WIDTH - MARGIN}" fill="none" stroke="black"/>',
        f'<text x="{WIDTH / 2}" y="{HEIGHT - 12}" text-anchor="middle">tokens of the prompt</text>',
        f'<text x="{MARGIN}" y="{MARGIN - 16}">seconds to the first word</text>',
        f'<text x="{MARGIN - 6}" y="{MARGIN + 4}" text-anchor="end">{most_y:.0f}</text>',
    ]
    lines += [
        f'<text x="{place(point, "warm")[0]:.0f}" y="{HEIGHT - MARGIN + 18}" text-anchor="middle">'
        f"{point['prompt_tokens']:.0f}</text>"
        for point in points
    ]
    for key, colour, label in (("cold", "#b03030", "no passage computed"), ("warm", "#2060a0", "passages on disk")):
        spots = [place(point, key) for point in points]
        path = " ".join(f"{x:.0f},{y:.0f}" for x, y in spots)
        lines.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        x, y = spots[-1]
        lines.append(f'<text x="{x:.0f}" y="{y - 8:.0f}" fill="{colour}" text-anchor="end">{label}</text>')
    return "\n".join([*lines, "</svg>", ""])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Returns 0, or 1 when ``--check`` finds the document behind the results."""
    parser = argparse.ArgumentParser(prog="python -m evals.performance", description="Write docs/performance.md.")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the file of results")
    parser.add_argument("--document", type=Path, default=DOCUMENT, help="the document; the plot goes beside it")
    parser.add_argument("--check", action="store_true", help="change nothing; say whether the document is up to date")
    options = parser.parse_args(arguments)
    try:
        results = json.loads(options.results.read_text(encoding="utf-8"))
        beside = [options.results.with_name(name) for name in COMPARISONS]
        comparisons = [json.loads(path.read_text(encoding="utf-8")) for path in beside if path.exists()]
    except FileNotFoundError:
        print(f"There is no {options.results}. Run: make eval-engine", file=sys.stderr)
        return 1
    wanted = {
        options.document: document(results, comparisons),
        options.document.with_name(PLOT): plot(results["growth"]),
    }
    behind = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if options.check and behind:
        print(f"{behind[0]} is behind the results. Run: python -m evals.performance", file=sys.stderr)
        return 1
    if not options.check:
        for path, text in wanted.items():
            path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
