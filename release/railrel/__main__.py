"""`python -m railrel`."""

from railrel.cli import entry

if __name__ == "__main__":
    entry()
