"""One import in a process of its own, to know its peak memory: ``python -m bench.importer UNITES SIEGES``."""

import json
import resource
import sys
from pathlib import Path

from guichet.cli.portal import portal

if __name__ == "__main__":
    with portal(owner=True):
        from guichet.entreprises.operations import import_sirene

        report = import_sirene(unites=Path(sys.argv[1]), etablissements=Path(sys.argv[2]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": report.seconds, "search_seconds": report.search_seconds, "peak": peak}))
