"""Data that railrel writes into other people's repositories: the folder `pipelines/`."""

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path


def pipelines() -> Traversable:
    """Inside the package in a wheel, at the repository's root in a checkout."""
    packaged = resources.files("railrel") / "pipelines"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[2] / "pipelines"


def text_of(name: str) -> str:
    """One file of it, by its path."""
    return pipelines().joinpath(*name.split("/")).read_text(encoding="utf-8")
