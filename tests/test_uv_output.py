"""What uv says of an index, as the kind of trouble that it is."""

import pytest

from railrel.errors import RailrelError, RefusedError, UnreachableError
from railrel.uv_output import trouble_with_index


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("error: Request failed: error sending request for url (https://x/)", UnreachableError),
        ("Caused by: HTTP status server error (503 Service Unavailable)", UnreachableError),
        ("server returned 502 Bad Gateway", UnreachableError),
        ("hint: An index returned 403 Forbidden", RefusedError),
        ("error: Failed to fetch: `https://x/`: 401 Unauthorized", RefusedError),
        ("Because only core<=1.500 is available and app needs core>=2, we give up", None),
        ("No solution found: because issue-core was not found", None),
    ],
)
def test_a_refusal_an_outage_and_a_requirement_are_told_apart(
    said: str, kind: type[RailrelError] | None
) -> None:
    assert trouble_with_index(said) is kind
