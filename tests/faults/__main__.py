"""``make test-faults``: 500 filings under fire. ``--help`` tells the options."""

import argparse
import secrets
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.plan import plan
from tests.faults.report import report
from tests.faults.storm import findings, storm


def main() -> int:
    """Run the storm and tell what came of it. Exit status 1 where a promise was broken."""
    options = _options()
    planned = plan(seed=options.seed, filings=options.filings, store=options.store)
    print(f"seed {planned.seed}: replay with « make test-faults SEED={planned.seed} »", flush=True)
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="guichet-faults-") as folder,
        storm(planned, Path(folder), options.clients) as run,
    ):
        found = findings(run)
        print(report(run, found))
        if found.broken and options.log:
            Path(options.log).write_text(run.world.log())
    print(f"{time.monotonic() - began:.0f} s in all")
    return 1 if found.broken else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--filings", type=int, default=500)
    parser.add_argument("--clients", type=int, default=10)
    parser.add_argument("--store", choices=("local", "s3"), default="")
    parser.add_argument("--log", default="", help="where to keep the portal's log if a promise was broken")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
