"""Data that railrel writes into other people's repositories: the folder `pipelines/`."""

from collections.abc import Callable, Mapping
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


def rendered(
    name: str,
    values: Mapping[str, object],
    filters: Mapping[str, Callable[[str], str]] | None = None,
) -> str:
    """A template with these values in it. Its marks clash with no shell, CI or Helm: <% %>, << >>."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(text_of),
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 -- no HTML
    )
    environment.filters.update(filters or {})
    return environment.get_template(name).render(values)
