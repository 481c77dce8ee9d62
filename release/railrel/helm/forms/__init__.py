"""The forms in which a deployment takes Gitea's settings: one a file, listed here."""

from typing import Protocol

from railrel.helm.forms import compose, env, helm, ini
from railrel.helm.wishes import Wishes


class Form(Protocol):
    """A module of this folder."""

    ID: str
    TITLE: str

    def render(self, wishes: Wishes) -> str:
        """The whole text, each value with its reason."""
        ...


FORMS: tuple[Form, ...] = (helm, ini, env, compose)
