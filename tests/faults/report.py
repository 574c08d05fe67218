"""What came of a run, for people to read."""

import statistics
from collections import Counter
from collections.abc import Sequence

from tests.faults.oracle import Findings
from tests.faults.storm import Run


def report(run: Run, found: Findings) -> str:
    """Everything that was counted, and every promise that was broken."""
    seen, plan = run.seen, run.plan
    lines = [
        f"seed {plan.seed}, store « {plan.store} », {len(run.filers)} filers:"
        f" {run.seconds:.0f} s under fire, quiet {run.quiet_after:.0f} s after",
        f"faults: {_counted(run.injected)}",
        *([f"faults that could not be had: {_counted(run.left_out)}"] if run.left_out else []),
        f"answers: {_counted(seen.statuses)}",
        f"longest wait for a page: {seen.longest:.1f} s",
        *(f"recovered from {kind}: {_spread(times)}" for kind, times in sorted(run.recovery.items())),
        *(f"{name}: {number}" for name, number in found.figures.items()),
    ]
    if found.broken:
        lines += ["", "BROKEN PROMISES:", *found.broken]
    else:
        lines.append("every promise was kept")
    return "\n".join(lines)


def _counted(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(counted.items())) or "none"


def _spread(times: Sequence[float]) -> str:
    return f"median {statistics.median(times):.1f} s, worst {max(times):.1f} s ({len(times)})"
