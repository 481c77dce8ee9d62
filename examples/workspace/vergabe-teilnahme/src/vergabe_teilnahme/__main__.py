"""Django's command line, from an installed wheel: python -m vergabe_teilnahme check."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vergabe_teilnahme.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
