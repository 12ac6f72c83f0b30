"""Files in, files out: every row comes back, with the reason."""

import csv
import tracemalloc
from datetime import date
from pathlib import Path

import pytest

from sandrail.screening import (
    ADDED_COLUMNS,
    ListFormatError,
    PartyIdentity,
    Screener,
    alert_budget,
    clean_identifier,
    count_rows,
    curve_svg,
    identity_from,
    load_model,
    screen_file,
    tabular,
    unread_columns,
)
from sandrail.screening.synthetic import SyntheticPerson
from sandrail.world import EnvironmentFault


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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("who,when\nAli,1990\n", "no column called name"),
        ("", "no column called name"),
        ("name,date_of_birth\nAli,1990\n", "calls dob 'date_of_birth'"),
        ("name,DOB\nAli,1990\n", "calls dob 'DOB'"),
        ("name,Father's name\nAli,Bilal\n", "calls father_name"),
        ("name,name\nAli,Ali\n", "two columns called name"),
        ("name,score\nAli,7\n", "a column score of its own"),
        ("name\n\udce9\n", "cannot be read as a table"),
    ],
)
def test_a_file_that_would_be_misread_is_refused(
    screener: Screener, tmp_path: Path, text: str, said: str
) -> None:
    source = tmp_path / "in.csv"
    source.write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(ListFormatError, match=said) as refused:
        screen_file(source, tmp_path / "out.csv", screener=screener)
    assert refused.value.stable_code == "screening.table" and refused.value.fix
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"], "no half an answer is left"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b'name\nSara\n"Raza, Ali\nOmar\n', "Line 3: a quotation mark is opened and not closed"),
        (b'name\nSara\n"Ali" Raza\n', "Line 3: text stands behind a closing quotation mark"),
        ("name\nAli\n".encode("utf-16"), "It is UTF-16"),
        (b"name\nAl\xe9\n", "Line 2 holds a byte that is no UTF-8"),
        (b"name;dob\nAli;1990\n", "parted by ';'"),
        (b"name\tdob\nAli\t1990\n", "parted by a tab"),
        (b"name\n" + b"A" * 200_000, "Line 2: a value has more than 131,072 characters"),
        (None, "Is a directory"),
    ],
)
def test_the_reason_of_a_refusal_helps_whoever_exported_the_file(
    screener: Screener, tmp_path: Path, data: bytes | None, why: str
) -> None:
    source = tmp_path / "in.csv"
    if data is None:
        source.mkdir()
    else:
        source.write_bytes(data)
    with pytest.raises(ListFormatError) as refused:
        screen_file(source, tmp_path / "out.csv", screener=screener)
    assert why in refused.value.why and refused.value.fix
    assert not any(raw in refused.value.why for raw in ("codec", "Errno", ".."))


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("name", [1, 2], "holds name as whole numbers"),
        ("name", [b"Ali", b"Sara"], "holds name as binary"),
        ("name", [["Ali"], ["Sara"]], "holds name as lists of text"),
        ("name", [{"first": "Ali"}, None], "holds name as struct"),
        ("cnic", [4230112345671.0, None], "holds cnic as double"),
        ("dob", [True, False], "holds dob as bool"),
        ("other_names", [[1], [2]], "holds other_names as list"),
    ],
)
def test_a_column_of_a_kind_that_would_be_misread_is_refused(
    screener: Screener, tmp_path: Path, column: str, values: list[object], said: str
) -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = arrow.table({"name": ["Ali", "Sara"]} | {column: values})
    parquet.write_table(table, tmp_path / "in.parquet")
    with pytest.raises(ListFormatError, match=said) as refused:
        screen_file(tmp_path / "in.parquet", tmp_path / "out.csv", screener=screener)
    assert refused.value.stable_code == "screening.table" and refused.value.fix


def test_columns_of_numbers_texts_and_days_are_read(screener: Screener, tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = arrow.table(
        {
            "name": arrow.array(["Ali Raza"]).dictionary_encode(),
            "cnic": arrow.array([4230112345671]),
            "dob": arrow.array([1990], arrow.int16()),
            "country": arrow.array([None], arrow.null()),
            "wallets": arrow.array([["0x1"]], arrow.large_list(arrow.large_string())),
            "held": arrow.array([{"own": 1.5}]),
        }
    )
    parquet.write_table(table, tmp_path / "in.parquet")
    counts = screen_file(tmp_path / "in.parquet", tmp_path / "out.csv", screener=screener)
    assert (counts.rows, counts.unscreened) == (1, 0)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"name": "4230112345671"}, "has no letter"),
        ({"name": "٤٢٣٠"}, "has no letter"),
        ({"name": "Ali Raza", "cnic": "4.23011E+12"}, "A spreadsheet wrote it as a number"),
        ({"name": "Ali Raza", "cnic": "4230112345671.0"}, "A spreadsheet wrote it as a number"),
        ({"name": "Ali Raza", "wallets": "0x1;1.2e+33"}, "A spreadsheet wrote it as a number"),
    ],
)
def test_a_row_that_a_spreadsheet_damaged_is_not_cleared(
    screener: Screener, tmp_path: Path, fields: dict[str, str], reason: str
) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(f"{','.join(fields)}\n{','.join(fields.values())}\n", encoding="utf-8")
    assert screen_file(source, target, screener=screener).unscreened == 1
    assert reason in target.read_text("utf-8")


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_an_answer_replaces_no_folder_and_no_device(
    screener: Screener, tmp_path: Path, ending: str
) -> None:
    source, folder, device = tmp_path / "in.csv", tmp_path / f"d{ending}", tmp_path / f"n{ending}"
    source.write_text("name\nAli Raza\n", encoding="utf-8")
    folder.mkdir()
    device.symlink_to("/dev/null")
    for place in (folder, device):
        with pytest.raises(EnvironmentFault, match="no file"):
            screen_file(source, place, screener=screener)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [source.name, folder.name, device.name]
    )


def test_a_body_may_be_called_by_digits_alone() -> None:
    assert identity_from({"name": "1881", "kind": "organisation"}).name == "1881"


@pytest.mark.parametrize("written", ["٤٢٣٠١-١٢٣٤٥٦٧-١", "۴۲۳۰۱۱۲۳۴۵۶۷۱", "42301 1234567 1"])
def test_a_number_is_the_same_in_every_script(written: str) -> None:
    assert clean_identifier("cnic", written) == "4230112345671"


def test_a_row_with_too_many_cells_comes_back_with_the_reason(
    screener: Screener, tmp_path: Path
) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("name,dob\nRaza, Ali,1990\nIngrid Lindqvist\n", encoding="utf-8")
    counts = screen_file(source, target, screener=screener)
    assert (counts.unscreened, counts.clear) == (1, 1)
    assert "3 cells and the header 2" in target.read_text("utf-8")


def test_columns_nobody_reads_are_named_and_kept(screener: Screener, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("name,note,branch\nAli Raza,x,y\n", encoding="utf-8")
    assert unread_columns(source) == ("note", "branch")


def test_parquet_keeps_its_types_and_lists_of_values_are_read(
    screener: Screener, people: list[SyntheticPerson], tmp_path: Path
) -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    person = people[0]
    table = arrow.table(
        {
            "party_no": arrow.array([1], arrow.int64()),
            "name": ["Ali"],
            "other_names": arrow.array([["Wali", person.script]]),
            "dob": arrow.array([date.fromisoformat(person.dob)]),
        }
    )
    parquet.write_table(table, tmp_path / "in.parquet")
    counts = screen_file(tmp_path / "in.parquet", tmp_path / "out.parquet", screener=screener)
    assert counts.hit == 1
    back = parquet.read_table(tmp_path / "out.parquet")
    assert back.schema.field("party_no").type == arrow.int64()
    assert tuple(back.column_names[-5:]) == ADDED_COLUMNS


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_memory_does_not_grow_with_the_file(
    screener: Screener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    if ending == "parquet":
        pytest.importorskip("pyarrow")
    monkeypatch.setattr(tabular, "CHUNK_ROWS", 50)
    nobody = screener.screen(PartyIdentity(-1, "Ingrid Lindqvist"))
    monkeypatch.setattr(Screener, "screen_many", lambda self, asked: (nobody for _ in asked))
    peaks = []
    for rows in (400, 400, 4_000):
        source = tmp_path / "in.csv"
        source.write_text("name,note\n" + f"Ali Raza,{'x' * 200}\n" * rows, encoding="utf-8")
        tracemalloc.start()
        screen_file(source, tmp_path / f"out.{ending}", screener=screener)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < 1.5 * peaks[1], peaks


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
