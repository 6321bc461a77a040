"""Fixtures for every stage."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("calltune", deadline=None)  # a busy machine is no failure
settings.load_profile("calltune")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real conversations and a real vocabulary; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("CALLTUNE_SHARED", Path(__file__).parents[2] / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"real data not found in {folder} (set CALLTUNE_SHARED)")
    return folder
