"""Django's command line, from a checkout."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "src"))

from vergabe_teilnahme.__main__ import main  # the path comes first

if __name__ == "__main__":
    main()
