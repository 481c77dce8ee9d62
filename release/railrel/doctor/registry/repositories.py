"""Asking about repositories, which a token for packages may not do."""

from railrel.doctor.registry.site import Site
from railrel.world import Response


def seen(site: Site, path: str) -> Response:
    """What the API says to the first that may know it: our credential, that for the forge, nobody.

    The first one's answer where none of them may.
    """
    # Nobody comes last: he sees what is public, which a token without the scope does not.
    askers = dict.fromkeys((*(one for one in (site.credential, site.forge) if one), None))
    answers = [site.api(path, asker) for asker in askers]
    return next((answer for answer in answers if answer.status == 200), answers[0])
