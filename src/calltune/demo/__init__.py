"""`calltune demo`: the whole flow on the embedded model, on a help desk's functions and made-up conversations."""
