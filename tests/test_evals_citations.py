"""Figures of verdicts computed by hand, and the command over judges whose every verdict is known beforehand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.citations import Attribution, Claim, Judged, auc, figures, macro_f1, main, read_claims
from evals.sets import SetError
from index.embed import LetterEmbedder
from rag.attribute import Attributor
from rag.types import Citation, Verdict


def claim(name: str, attributable: bool, source: str = "one", *references: str) -> Claim:
    return Claim(name, f"Claim {name}.", references or ("Nothing.",), attributable, source=source)


def judged(attributable: bool, verdict: Verdict, support: float, source: str = "one") -> Judged:
    return Judged(claim("x", attributable, source), Citation("x", 0, 1, (), verdict, support), 0.5)


def write(folder: Path, *claims: Claim) -> Path:
    folder.mkdir(exist_ok=True)
    rows = [
        {"id": c.id, "question": c.question, "claim": c.claim, "references": c.references}
        | {"attributable": c.attributable, "source": c.source}
        for c in claims
    ]
    (folder / "claims.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return folder


def test_macro_f1_is_the_mean_over_both_kinds() -> None:
    # true: one of two found, one false alarm: F1 1/2; false: one of two found, one false alarm: 1/2
    assert macro_f1([True, True, False, False], [True, False, True, False]) == 0.5
    # all called true: F1 2/3 and 0
    assert macro_f1([True, False], [True, True]) == pytest.approx(1 / 3)
    assert macro_f1([True, False], [True, False]) == 1.0


def test_auc_counts_ties_half() -> None:
    assert auc([True, False, False], [0.5, 0.5, 0.1]) == 0.75
    assert auc([True, True], [0.5, 0.4]) is None


def test_partly_is_not_supported_and_sources_are_told_apart() -> None:
    rows = [
        judged(True, "supported", 0.9, "a"),
        judged(False, "partly", 0.4, "a"),
        judged(True, "unsupported", 0.1, "b"),
        judged(False, "supported", 0.8, "b"),
    ]
    found = figures(rows)
    assert (found["n"], found["n_attributable"], found["accuracy"]) == (4, 2, 0.5)
    assert (found["sources"]["a"]["macro_f1"], found["sources"]["b"]["macro_f1"]) == (1.0, 0.0)
    assert found["auc"] == 0.5
    assert found["seconds"] == 0.5


def test_the_command_writes_figures_and_no_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path / "mine", claim("1", True), claim("2", False))

    def judge(one: Claim) -> Citation:
        return Citation(one.claim, 0, len(one.claim), (), "supported" if one.id == "1" else "unsupported", 0.5)

    assert main([str(folder), "--json", str(tmp_path / "out.json")], judge) == 0
    content: dict[str, Any] = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert content["complete"]
    assert content["sets"]["mine"]["macro_f1"] == 1.0
    assert content["sets"]["mine"]["auc"] == 0.5
    assert [row["verdict"] for row in content["claims"]] == ["supported", "unsupported"]
    assert "Claim 1" not in json.dumps(content)
    assert "mine" in capsys.readouterr().out


def test_what_is_finished_is_not_judged_again_when_resumed(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", claim("1", True), claim("2", False))
    judged: list[str] = []

    def judge(one: Claim) -> Citation:
        judged.append(one.id)
        return Citation(one.claim, 0, len(one.claim), (), "partly", 0.5)

    arguments = [str(folder), "--json", str(tmp_path / "out.json"), "--resume"]
    assert [main(arguments, judge), main(arguments, judge)] == [0, 0]
    assert judged == ["1", "2"]
    write(folder, claim("1", True), claim("2", True))
    assert main(arguments, judge) == 0
    assert len(judged) == 4


@pytest.mark.parametrize("rows", ["", '{"id": "1", "claim": " ", "references": [], "attributable": true}', '{"id": 1}'])
def test_a_file_that_cannot_be_used_is_an_error_with_its_place(tmp_path: Path, rows: str) -> None:
    (tmp_path / "claims.jsonl").write_text(rows, encoding="utf-8")
    with pytest.raises(SetError, match=r"claims\.jsonl"):
        read_claims(tmp_path)


def test_two_claims_of_one_id_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(SetError, match="already names"):
        read_claims(write(tmp_path, claim("1", True), claim("1", False)))


def test_a_missing_folder_ends_the_command_with_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(
            [str(tmp_path / "none"), "--json", str(tmp_path / "out.json")], lambda one: Citation("", 0, 0, (), "partly")
        )
        == 1
    )
    assert "claims.jsonl" in capsys.readouterr().err


def test_claims_are_judged_against_their_references_as_sentences_against_sources() -> None:
    attribution = Attribution(Attributor(LetterEmbedder()))
    references = ("", "The council met in spring. Twelve members voted for the tunnel, said the mayor.")
    stated = attribution(Claim("1", "Twelve members voted for the tunnel.", references, True))
    invented = attribution(Claim("2", "Forty trains crashed near Hamburg.", references, False))
    assert stated.verdict == "supported"
    assert stated.quotes[0].text == "Twelve members voted for the tunnel, said the mayor."
    assert invented.verdict != "supported"
    assert stated.support > invented.support
