"""The risk–coverage curve, on rows whose every point can be counted by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from evals import risk
from evals.risk import Curve, Point, RiskError, Tried, curves, main, plot, tried

SVG = "{http://www.w3.org/2000/svg}"


def opinion(confidence: float, *, right: bool = False, refused: bool = False) -> dict[str, Any]:
    return {"read": 1, "confidence": confidence, "right": right, "refused": refused, "signals": {}}


def row(status: str, confidence: float | None, right: bool, *opinions: dict[str, Any], **fields: Any) -> dict[str, Any]:
    asked = {"set": "tiny", "engine": "default", "answerable": True}
    return asked | {"status": status, "confidence": confidence, "right": right, "opinions": list(opinions)} | fields


ROWS = [
    row("answered", 0.9, True, opinion(0.9, right=True)),
    row("answered", 0.6, False, opinion(0.5), opinion(0.6)),
    row("not_in_articles", 0.2, False, opinion(0.1), opinion(0.25, right=True), opinion(0.9, refused=True)),
    row("not_in_articles", 0.1, True, opinion(0.1), answerable=False),
    row("not_in_articles", 0.03, False, opinion(0.03, refused=True)),  # the model refused
    row("not_in_articles", 0.8, False, opinion(0.8, right=True)),  # nothing stood on a quote
    row("small_talk", 1.0, False),
    row("error", None, False),
]


def results(**fields: Any) -> dict[str, Any]:
    whole = {"kind": "answers", "complete": True, "mode": "given", "engines": {"default": {}}, "sets": {"tiny": {}}}
    return whole | {"settings": {"min_confidence": 0.3}, "questions": ROWS} | fields


def test_what_could_be_answered() -> None:
    assert [tried(one, 0.3) for one in ROWS] == [
        Tried(0.9, True),
        Tried(0.6, False),
        Tried(0.2, True),  # the most confident round that is no refusal
        Tried(0.1, False),  # an answer to an unanswerable question
        None,
        None,
        None,
        None,
    ]


def test_the_points_by_hand() -> None:
    (curve,) = curves([("a.json", results())])
    assert (curve.name, curve.n, len(curve.tried), curve.threshold) == ("tiny", 8, 4, 0.3)
    assert curve.at(0.95) == Point(0.95, 0.0, None)
    assert curve.at(0.9) == Point(0.9, 1 / 8, 1.0)
    assert curve.at(0.3) == Point(0.3, 2 / 8, 1 / 2)
    assert curve.at(0.2) == Point(0.2, 3 / 8, 2 / 3)
    assert curve.at(0.0) == Point(0.0, 4 / 8, 2 / 4)


def test_equal_confidences_are_one_point_and_few_answers_none() -> None:
    many = Curve("many", 20, tuple(Tried(0.5, True) for _ in range(12)), 0.3)
    assert many.points == [Point(0.5, 12 / 20, 1.0)]
    falling = Curve("falling", 12, tuple(Tried(1 - place / 100, True) for place in range(12)), 0.3)
    assert [round(point.answered * 12) for point in falling.points] == [10, 11, 12]


def test_modes_have_names_and_sets_without_answers_no_curve() -> None:
    unanswerable = [one | {"answerable": False} for one in ROWS]
    files = [
        ("answers.json", results()),
        ("answers-mixed.json", results(mode="mixed")),
        ("answers-noise.json", results(mode="noise", questions=unanswerable)),
    ]
    assert [curve.name for curve in curves(files)] == ["tiny", "tiny, mixed"]


def test_of_several_engines_the_first_is_drawn() -> None:
    plain = [one | {"engine": "plain", "confidence": 1.0} for one in ROWS]
    both = results(engines={"default": {}, "plain": {}}, questions=[*ROWS, *plain])
    assert curves([("answers.json", both)]) == curves([("answers.json", results())])


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"kind": "speed"}, "no answers"), ({"complete": False}, "interrupted"), ({"questions": []}, "nothing to draw")],
)
def test_what_no_curve_can_be_drawn_from_is_an_error(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(RiskError, match=said):
        curves([("a.json", results(**fields))])


def test_the_plot_has_a_line_a_dot_and_a_name_for_each_set_within_its_frame() -> None:
    drawn = ElementTree.fromstring(
        plot([*curves([("a.json", results())]), Curve("a < b", 3, (Tried(0.5, True),), 0.3)])
    )
    assert len(drawn.findall(f"{SVG}polyline")) == len(drawn.findall(f"{SVG}circle")) == 2
    words = [text.text for text in drawn.findall(f"{SVG}text")]
    assert {"tiny (8)", "a < b (3)"} <= set(words)
    for line in drawn.findall(f"{SVG}polyline"):
        for spot in line.attrib["points"].split():
            x, y = map(float, spot.split(","))
            assert risk.LEFT <= x <= risk.WIDTH - risk.RIGHT
            assert risk.TOP <= y <= risk.HEIGHT - risk.BOTTOM


def test_the_command_draws_and_prints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "answers.json", tmp_path / "curve.svg"
    assert main([str(source)]) == 1
    assert "answers.json" in capsys.readouterr().err
    source.write_text(json.dumps(results()), encoding="utf-8")
    assert main([str(source), "--svg", str(target)]) == 0
    assert "0.25 / 0.50" in capsys.readouterr().out  # at the threshold .25, as at .3
    assert target.read_text(encoding="utf-8") == plot(curves([("answers.json", results())]))
