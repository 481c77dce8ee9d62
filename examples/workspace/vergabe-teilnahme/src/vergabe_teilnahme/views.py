"""Pages: the tenders, what is open for one of them, and whether the process lives."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from issue_core import JsonStore

from vergabe_teilnahme.models import Participation


def participations(request: HttpRequest) -> HttpResponse:
    """Every tender, the next deadline first."""
    found = Participation.objects.all()
    return render(request, "vergabe_teilnahme/participations.html", {"participations": found})


def open_issues(request: HttpRequest, number: int) -> HttpResponse:
    """What is still to be settled for one tender."""
    participation = get_object_or_404(Participation, pk=number)
    issues = [i for i in JsonStore(settings.ISSUES_FILE).open() if participation.label in i.labels]
    context = {"participation": participation, "issues": issues}
    return render(request, "vergabe_teilnahme/open_issues.html", context)


def healthz(_request: HttpRequest) -> HttpResponse:
    """Whether the process answers. Asks no database: that one being away is no reason to restart."""
    return JsonResponse({"status": "ok"})
