"""What an operator watches of the stored files: numbers alone, from an index."""

import datetime as dt
from collections.abc import Mapping

from django.db.models import Count, Min

from guichet.files.models import StoredFile

WATCHED = (StoredFile.Scan.PENDING, StoredFile.Scan.INFECTED)


def scans() -> Mapping[str, tuple[int, dt.datetime]]:
    """How many contents wait for the antivirus (``pending``) or are ``infected``, and since when."""
    rows = StoredFile.objects.exclude(scan=StoredFile.Scan.CLEAN).filter(scan__in=WATCHED)
    found = rows.order_by().values_list("scan").annotate(count=Count("*"), since=Min("stored_at"))
    return {scan: (count, since) for scan, count, since in found}
