"""The addresses of the app."""

from django.urls import path

from vergabe_teilnahme import views

urlpatterns = [
    path("", views.participations),
    path("healthz", views.healthz),
    path("participations/<int:number>/", views.open_issues),
]
