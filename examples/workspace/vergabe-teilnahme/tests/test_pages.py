from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from issue_core import Issue, JsonStore, State

from vergabe_teilnahme.models import Participation


@pytest.fixture(scope="module", autouse=True)
def _database() -> None:
    call_command("migrate", verbosity=0)


def test_the_health_page_answers_without_a_database() -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the database was asked")

    with connection.execute_wrapper(refuse):
        assert Client().get("/healthz").json() == {"status": "ok"}


def test_the_first_page_lists_the_tenders() -> None:
    Participation.objects.create(title="Bridge", authority="County", deadline=date(2030, 1, 1))

    assert "Bridge (County)" in Client().get("/").content.decode()


def test_a_tender_shows_its_open_issues_only(tmp_path: Path) -> None:
    tender = Participation.objects.create(
        title="School roof", authority="City", deadline=date(2030, 1, 1)
    )
    store = JsonStore(tmp_path / "issues.json")
    store.add(Issue("Bid bond missing", labels=frozenset({tender.label})))
    store.add(Issue("Settled", state=State.DONE, labels=frozenset({tender.label})))

    with override_settings(ISSUES_FILE=store.path):
        page = Client().get(f"/participations/{tender.pk}/").content.decode()

    assert "Bid bond missing" in page
    assert "Settled" not in page


def test_the_migrations_match_the_model() -> None:
    call_command("makemigrations", "vergabe_teilnahme", check=True, dry_run=True, verbosity=0)
