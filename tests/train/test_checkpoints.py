"""Only checkpoints that were written to their end count."""

from __future__ import annotations

import errno
from pathlib import Path

from calltune.train.checkpoints import complete_checkpoints, is_disk_full, mark_complete, remove_incomplete


def checkpoint(folder: Path, step: int, *, whole: bool) -> Path:
    path = folder / f"checkpoint-{step}"
    (path / "inner").mkdir(parents=True)
    (path / "optimizer.pt").write_bytes(b"x")
    if whole:
        mark_complete(path)
    return path


def test_whole_checkpoints_are_listed_by_step_and_half_ones_are_not(tmp_path: Path) -> None:
    checkpoint(tmp_path, 100, whole=True)
    checkpoint(tmp_path, 20, whole=True)
    checkpoint(tmp_path, 120, whole=False)
    assert [path.name for path in complete_checkpoints(tmp_path)] == ["checkpoint-20", "checkpoint-100"]
    assert remove_incomplete(tmp_path) == ["checkpoint-120"]
    assert remove_incomplete(tmp_path) == []
    assert len(complete_checkpoints(tmp_path)) == 2


def test_a_folder_that_does_not_exist_has_no_checkpoints(tmp_path: Path) -> None:
    assert complete_checkpoints(tmp_path / "none") == []
    assert remove_incomplete(tmp_path / "none") == []


def test_every_way_of_saying_that_the_disk_is_full_is_understood() -> None:
    assert is_disk_full(OSError(errno.ENOSPC, "No space left on device"))
    assert is_disk_full(RuntimeError("PytorchStreamWriter failed writing file data/0: file write failed"))
    assert is_disk_full(ValueError("I/O error: No space left on device (os error 28)"))
    assert not is_disk_full(RuntimeError("shapes do not match"))
    try:
        try:
            raise OSError(errno.ENOSPC, "full")
        except OSError as inner:
            raise RuntimeError("saving failed") from inner
    except RuntimeError as outer:
        assert is_disk_full(outer)
