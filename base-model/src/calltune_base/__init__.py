"""The weights, tokenizer and chat template of calltune's embedded model, made by `python -m calltune.base`."""
