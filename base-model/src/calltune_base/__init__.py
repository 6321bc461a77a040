"""The weights, tokenizer and chat template of calltune's embedded model. Made by `python -m calltune.base`; no code here."""
