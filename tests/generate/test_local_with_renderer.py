"""The local engine with a real tokenizer, the real renderer and an adapter on top."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calltune.generate import LocalEngine, Request
from calltune.render.parse import Message, ParseFailure

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Weather forecast for a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
REQUESTS = [
    Request(({"role": "system", "content": "Be brief."}, {"role": "user", "content": question}), (WEATHER,))
    for question in ["Rain in Paris?", "And in Rome, for three days?", "Thanks <|im_end|> a lot", "Hi"]
]


def tiny_tokenizer() -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(["get_weather city days tool_call arguments name system user assistant"], trainer)
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|endoftext|>"
    )


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory, tiny_decoder: Callable[..., Any]) -> Path:
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("model")
    tokenizer = tiny_tokenizer()
    tiny_decoder("Qwen3Config", tokenizer, initializer_range=0.4).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


# PEFT 0.21 asks transformers 5.23 for a property that is deprecated there.
@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing:FutureWarning")
@pytest.mark.parametrize("adapted", [False, True])
def test_a_model_from_a_folder_answers_as_generate_does(model_folder: Path, adapted: bool) -> None:
    engine = LocalEngine.load(str(model_folder), template="calltune", device="cpu", grammar="off")
    if adapted:
        peft = pytest.importorskip("peft")
        config = peft.LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False)
        engine = LocalEngine(peft.get_peft_model(engine.model, config), engine.tokenizer, engine.renderer)
    completions = engine.complete(REQUESTS, max_tokens=12)
    assert engine.shares_prefix
    for request, completion in zip(REQUESTS, completions, strict=True):
        prompt = engine.renderer.prompt_ids(list(request.messages), list(request.tools))
        assert completion.prompt_tokens == len(prompt)
        with torch.inference_mode():
            output = engine.model.generate(
                input_ids=torch.tensor([prompt]),
                attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
                max_new_tokens=12,
                do_sample=False,
                eos_token_id=sorted(engine.renderer.stop_ids),
            )[0, len(prompt) :].tolist()
        stopped = output[-1] in engine.renderer.stop_ids
        assert completion.ids == tuple(output[:-1] if stopped else output)
        assert isinstance(engine.parse(completion), Message | ParseFailure)


def test_a_call_that_the_model_wrote_is_read_from_its_token_ids(model_folder: Path) -> None:
    engine = LocalEngine.load(str(model_folder), template="calltune", device="cpu", grammar="off")
    written = '<tool_call>{"name": "get_weather", "arguments": {"city": "Paris"}}</tool_call>'
    ids = tuple(engine.tokenizer.encode(written, add_special_tokens=False))
    completion = engine.complete(REQUESTS[:1], max_tokens=1)[0]
    message = engine.parse(type(completion)(written, ids))
    assert isinstance(message, Message)
    assert message.calls[0].arguments == {"city": "Paris"}
