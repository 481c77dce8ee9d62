import os

import django

os.environ.setdefault("DJANGO_DEBUG", "1")
os.environ["ALLOWED_HOSTS"] = "testserver"
os.environ["DATABASE_URL"] = "sqlite://:memory:"
os.environ["DJANGO_SETTINGS_MODULE"] = "vergabe_teilnahme.settings"
django.setup()
