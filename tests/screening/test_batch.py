"""Files in, files out: every row comes back, with the reason."""

import csv
from pathlib import Path

import pytest

from sandrail.screening import (
    ADDED_COLUMNS,
    ListFormatError,
    Screener,
    alert_budget,
    count_rows,
    curve_svg,
    load_model,
    screen_file,
)
from sandrail.screening.synthetic import SyntheticPerson


def write(path: Path, people: list[SyntheticPerson]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["party_no", "name", "dob", "note"])
        for i, person in enumerate(people):
            writer.writerow([i, person.script if i % 2 else person.name, person.dob, "kept"])
        writer.writerow([90, "Ingrid Lindqvist", "1990-01-02", "innocent"])
        writer.writerow([91, "!!!", "", "no name"])
        writer.writerow([92, "Ali Raza", "soon", "bad date"])


def test_csv(screener: Screener, people: list[SyntheticPerson], tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    write(source, people[:10])
    steps: list[int] = []
    counts = screen_file(source, target, screener=screener, progress=steps.append)
    assert (counts.hit, counts.clear, counts.unscreened, counts.rows) == (10, 1, 2, 13)
    assert sum(steps) == count_rows(source) == 13
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[-5:] == list(ADDED_COLUMNS) and rows[0]["note"] == "kept"
    assert rows[0]["decision"] == "HIT" and rows[0]["list"] == "un" and rows[0]["reason"]
    assert rows[10]["decision"] == "CLEAR" and rows[10]["match_id"] == ""
    assert rows[11]["decision"] == rows[12]["decision"] == "UNSCREENED"
    assert "cannot be read as a date" in rows[12]["reason"]


def test_parquet(screener: Screener, people: list[SyntheticPerson], tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    source, target = tmp_path / "in.csv", tmp_path / "out.parquet"
    write(source, people[:4])
    screen_file(source, target, screener=screener)
    back = screen_file(target, tmp_path / "again.csv", screener=screener)
    assert (back.hit, back.clear, back.unscreened) == (4, 1, 2)
    assert count_rows(target) == 7


def test_a_file_without_names_is_refused(screener: Screener, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("who,when\nAli,1990\n")
    with pytest.raises(ListFormatError, match="no column called name"):
        screen_file(source, tmp_path / "out.csv", screener=screener)
    assert not (tmp_path / "out.csv").exists()


def test_a_larger_budget_never_buys_less_recall() -> None:
    for pattern in load_model().curves:
        bought = [
            alert_budget(pattern=pattern, parties_a_day=10_000, alarms_a_day_max=most)
            for most in (0, 1, 10, 50, 200, 1_000, 3_000)
        ]
        recalls = [point.recall_ppm for point in bought]
        assert recalls == sorted(recalls)
        assert all(p.alarms_a_day <= 200 for p in bought[:5])


def test_curves_are_drawn_without_script_or_outside_help() -> None:
    picture = curve_svg(dict(load_model().curves), title="Recall & alarms")
    assert picture.startswith("<svg") and "Recall &amp; alarms" in picture
    assert picture.count("<polyline") == len(load_model().curves)
    assert "<script" not in picture and "href" not in picture
