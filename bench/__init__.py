"""Benchmarks: side by side with the best peer in the same run, never as timed tests. `python -m bench [NAME ...]`."""
