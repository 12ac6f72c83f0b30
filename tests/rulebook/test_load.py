"""Packs are read whole or refused with the one thing that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandrail.rulebook import PackError, find_packs, load_pack, parse_pack
from sandrail.rulebook.errors import DEFECTS
from sandrail.rulebook.limits import PACK_FILE_BYTES_MAX, PACK_FILES_MAX

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.toml"))
EXAMPLE = find_packs()["example"] / "pack.toml"


def _defect(file: Path) -> str:
    return file.stem.split("--")[0]


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_each_broken_pack_gets_its_own_precise_error(file: Path) -> None:
    says = file.read_bytes().split(b"\n")[0].decode().removeprefix("# says: ")

    with pytest.raises(PackError) as raised:
        load_pack(file)

    error = raised.value
    assert error.stable_code == f"rulebook.{_defect(file)}"
    assert says in str(error)
    assert error.fix
    assert file.name in error.what
    assert {problem.defect for problem in error.problems} == {_defect(file)}


def test_there_are_enough_broken_packs_and_every_one_names_a_defect() -> None:
    assert len(BROKEN) >= 25
    assert {_defect(file) for file in BROKEN} <= set(DEFECTS)


@pytest.mark.parametrize("pack_id", sorted(find_packs()))
def test_every_pack_that_comes_with_sandrail_loads(pack_id: str) -> None:
    pack = load_pack(pack_id)
    assert pack.id == pack_id
    assert len(pack.content_hash) == 64
    assert pack == load_pack(find_packs()[pack_id])


def test_content_hash_ignores_comments_and_layout_but_no_content() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    original = parse_pack({"pack.toml": text.encode()})

    commented = parse_pack({"pack.toml": b"# another comment\n\n" + text.encode()})
    assert commented.content_hash == original.content_hash

    changed = parse_pack({"pack.toml": text.replace('"250"', '"251"').encode()})
    assert changed.content_hash != original.content_hash


def test_a_section_spread_over_two_files_is_refused() -> None:
    text = EXAMPLE.read_bytes()
    with pytest.raises(PackError) as raised:
        parse_pack({"a.toml": text, "b.toml": b"[sources.more]\n"})
    assert raised.value.stable_code == "rulebook.duplicate_section"
    assert "a.toml" in str(raised.value)


def test_files_of_one_pack_are_merged_and_errors_name_the_file() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    head, rules = text.split("[[rules]]", 1)
    files = {"pack.toml": head.encode(), "rules.toml": ("[[rules]]" + rules).encode()}
    whole = parse_pack({"pack.toml": text.encode()})
    assert parse_pack(files).content_hash == whole.content_hash

    files["rules.toml"] = files["rules.toml"].replace(b'"BLOCK"', b'"NO"', 1)
    with pytest.raises(PackError, match=r"rules\.toml: rules\[0\] G01\.window_months_max\.outcome"):
        parse_pack(files)


def test_every_problem_is_listed_not_only_the_first() -> None:
    text = EXAMPLE.read_text(encoding="utf-8").replace('unit = "EXD"', 'unit = "ABC"')
    with pytest.raises(PackError) as raised:
        parse_pack({"pack.toml": text.encode()})
    assert len(raised.value.problems) == text.count('unit = "ABC"')
    assert "more problems follow" in raised.value.why


def test_an_unknown_pack_names_the_known_ones() -> None:
    with pytest.raises(PackError, match="pakistan") as raised:
        load_pack("atlantis")
    assert raised.value.stable_code == "rulebook.not_found"


def test_a_file_that_is_too_long_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "pack.toml"
    file.write_bytes(b"#" * (PACK_FILE_BYTES_MAX + 1))
    with pytest.raises(PackError) as raised:
        load_pack(tmp_path)
    assert raised.value.stable_code == "rulebook.too_large"


def test_a_folder_with_too_many_files_is_not_read(tmp_path: Path) -> None:
    for number in range(PACK_FILES_MAX):
        (tmp_path / f"{number}.toml").write_bytes(b"")
    (tmp_path / "pack.toml").write_bytes(b"")
    with pytest.raises(PackError) as raised:
        load_pack(tmp_path)
    assert raised.value.stable_code == "rulebook.too_large"


def test_deep_nesting_is_refused() -> None:
    deep = b"[" + b".".join([b"a"] * 60) + b"]\nb = 1\n"
    with pytest.raises(PackError) as raised:
        parse_pack({"pack.toml": EXAMPLE.read_bytes() + deep})
    assert raised.value.stable_code == "rulebook.too_large"
