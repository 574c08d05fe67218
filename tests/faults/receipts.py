"""``python -m tests.faults.receipts FOLDER``: verify every receipt there, within the portal's environment.

One line of JSON a file: its name, whether it verifies, and the reference that it names.
"""

import json
import os
import sys
from pathlib import Path


def main(folder: Path) -> None:
    """Verify and tell."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.config.settings")
    import django

    django.setup()
    from guichet.depots import receipts

    for path in sorted(folder.iterdir()):
        report = receipts.verify(path.read_bytes())
        sys.stdout.write(json.dumps([path.name, report.ok, report.reference]) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
