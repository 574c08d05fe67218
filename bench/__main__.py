"""``python -m bench [NAME…]``: each measure in a process of its own, one after the other."""

import subprocess
import sys
import time
from importlib import import_module

MEASURES = (
    "sirene", "receipts", "pages", "sign_ins", "publications", "queue", "filings", "deadline", "photographs",
    "documents", "type_search", "rights", "grid", "imports", "first_page",
)  # fmt: skip


def main(names: list[str]) -> int:
    """Run the measures of ``names``, or all; the exit status tells whether each of them ran to its end."""
    unknown = sorted(set(names) - set(MEASURES))
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are {', '.join(MEASURES)}")
        return 2
    if len(names) == 1:
        import_module(f"bench.{names[0]}").measure()
        return 0
    failed = [name for name in names or MEASURES if not _ran(name)]
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def _ran(name: str) -> bool:
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-m", "bench", name], check=False)
    print(f"({name}: {time.monotonic() - began:.0f} s)\n", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
