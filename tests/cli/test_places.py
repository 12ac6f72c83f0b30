"""What a command writes is there whole or not at all; what stood there stays until then."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandrail.cli.places import write_whole
from sandrail.world import EnvironmentFault
from tests.cli.test_commands import run

ROOM_BYTES = 2_000
PAGE = b"a page\n" * ROOM_BYTES


@contextmanager
def full_disk() -> Iterator[None]:
    """No file grows beyond ``ROOM_BYTES``, as on a disk that is full by then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM_BYTES, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_the_earlier_file_and_nothing_half_written(tmp_path: Path) -> None:
    place = tmp_path / "report.html"
    place.write_bytes(b"the report of yesterday")
    with full_disk(), pytest.raises(EnvironmentFault) as fault:
        write_whole(place, PAGE)
    assert place.read_bytes() == b"the report of yesterday"
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]
    assert str(place) in fault.value.what and fault.value.stable_code == "cli.unwritable"
    write_whole(place, PAGE)
    assert place.read_bytes() == PAGE


def test_a_command_on_a_full_disk_names_the_file_and_leaves_no_part_of_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with full_disk():
        code, _, err = run(capsys, "packs", "publish", "example", "--out", str(tmp_path / "pages"))
    assert code == 6 and "guideline" in err and "Do:" in err
    assert not list((tmp_path / "pages").iterdir())


def test_what_is_no_file_is_written_to_and_stays_what_it_is(tmp_path: Path) -> None:
    """A device or a pipe must not be replaced by a file; whoever is root could."""
    pipe = tmp_path / "pipe"
    pipe.symlink_to("/dev/null")
    write_whole(pipe, b"text")
    assert pipe.is_char_device()
    with pytest.raises(EnvironmentFault, match="is a folder"):
        write_whole(tmp_path, b"text")
    with pytest.raises(EnvironmentFault, match="cannot be written"):
        write_whole(tmp_path / "missing" / "report.html", b"text")
