"""A tokenizer trained on a few invented scenes."""

from __future__ import annotations

from pathlib import Path

import pytest

from calltune.base.corpus import tokenizer_texts
from calltune.base.tokenizer import train_tokenizer
from calltune.render.renderer import Renderer


@pytest.fixture(scope="session")
def tokenizer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("transformers")
    folder = tmp_path_factory.mktemp("base")
    tokenizer = train_tokenizer(tokenizer_texts(seed=1, scenes=20, real=None), vocab_size=800)
    tokenizer.chat_template = Renderer(tokenizer, template="calltune").template_text
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def renderer(tokenizer_folder: Path) -> Renderer:
    from transformers import AutoTokenizer

    return Renderer(AutoTokenizer.from_pretrained(tokenizer_folder), template="calltune")
