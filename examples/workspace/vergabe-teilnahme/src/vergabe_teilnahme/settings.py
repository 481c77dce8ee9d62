"""Settings, wholly from the environment."""

import os
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

DEBUG = os.environ.get("DJANGO_DEBUG", "") in ("1", "true", "yes")
SECRET_KEY = os.environ.get("SECRET_KEY", "only-for-a-first-look" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("set SECRET_KEY, or DJANGO_DEBUG=1 for a first look")

ALLOWED_HOSTS = [host for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host]
DATABASES = {"default": dj_database_url.config(default="sqlite:///vergabe.sqlite3")}
ISSUES_FILE = Path(os.environ.get("ISSUES_FILE", "issues.json"))

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "vergabe_teilnahme",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
ROOT_URLCONF = "vergabe_teilnahme.urls"
WSGI_APPLICATION = "vergabe_teilnahme.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
