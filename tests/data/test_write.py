"""A file is there whole, or it is not there."""

from __future__ import annotations

import errno
import gzip
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from calltune.data.source import find_source
from calltune.data.write import LineWriter, refuse_outputs_over_inputs
from calltune.errors import DataError


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
def test_a_published_file_holds_every_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / "new" / name
    with LineWriter(path) as writer:
        writer.write(b"one")
        writer.write(b"two")
        assert not path.exists()
        writer.publish()
    data = path.read_bytes()
    assert (gzip.decompress(data) if name.endswith("gz") else data) == b"one\ntwo\n"
    assert list(path.parent.iterdir()) == [path]
    assert stat.S_IMODE(path.stat().st_mode) & 0o600 == 0o600


@pytest.mark.parametrize("error", [KeyboardInterrupt, DataError, SystemExit])
def test_an_interrupted_run_leaves_the_old_file_and_no_half_file(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "out.jsonl.gz"
    path.write_bytes(b"old")
    with pytest.raises(error), LineWriter(path) as writer:
        writer.write(b"new")
        raise error("stop")
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
def test_a_full_disk_is_explained_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def fails(data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DataError, match="the disk is full"), LineWriter(tmp_path / name) as writer:
        monkeypatch.setattr(writer, "_out", SimpleNamespace(write=fails, close=lambda: None))
        writer.write(b"x")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match="cannot be written"):
        LineWriter(tmp_path / "file" / "out.jsonl")


def test_the_same_lines_give_the_same_gzip_bytes(tmp_path: Path) -> None:
    for name in ("a.gz", "b.gz"):
        with LineWriter(tmp_path / name) as writer:
            writer.write(b"one")
            writer.publish()
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()


def test_an_output_never_replaces_or_joins_the_data(tmp_path: Path) -> None:
    data = tmp_path / "data" / "rows.jsonl"
    data.parent.mkdir()
    data.write_text("{}\n")
    source, folder = find_source(data), find_source(data.parent)
    with pytest.raises(DataError, match="is the data that is read"):
        refuse_outputs_over_inputs(source, [tmp_path / "data" / ".." / "data" / "rows.jsonl"])
    with pytest.raises(DataError, match="the next run would read it"):
        refuse_outputs_over_inputs(folder, [tmp_path / "data" / "bad.jsonl"])
    with pytest.raises(DataError, match="two outputs"):
        refuse_outputs_over_inputs(source, [tmp_path / "x.jsonl", tmp_path / "x.jsonl"])
    with pytest.raises(DataError, match="is a folder"):
        refuse_outputs_over_inputs(source, [tmp_path])
    refuse_outputs_over_inputs(source, [tmp_path / "data" / "bad.jsonl"])
