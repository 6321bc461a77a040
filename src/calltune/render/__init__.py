"""Text <-> tokens: chat templates, special tokens, loss labels; completion text -> calls or a parse failure."""
