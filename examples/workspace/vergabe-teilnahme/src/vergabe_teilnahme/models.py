"""A tender that the company takes part in."""

from django.db import models
from issue_core import State


class Participation(models.Model):
    """One tender; its state is one of issue-core's."""

    title = models.CharField(max_length=200)
    authority = models.CharField(max_length=200)
    deadline = models.DateField()
    state = models.CharField(
        max_length=20,
        choices=[(state.value, state.value.capitalize()) for state in State],
        default=State.OPEN.value,
    )

    class Meta:
        ordering = ("deadline",)

    def __str__(self) -> str:
        return f"{self.title} ({self.authority})"

    @property
    def label(self) -> str:
        """The label that this tender's issues carry."""
        return f"participation-{self.pk}"
