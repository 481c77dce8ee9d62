"""How long railrel takes, beside how long the bare work takes: `python -m tests.benchmarks`."""
