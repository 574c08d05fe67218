"""The numbers that accounts are given, once and for all (002: 20143060047878)."""

from django.db import connection

from guichet.accounts.definitions import Espace
from guichet.accounts.models import NumberSequence
from guichet.kernel import clock


def next_number(door: Espace) -> str | None:
    """The next number of ``door``, in the caller's transaction; ``None`` where it gives none.

    The rank is that of the year, in Paris. Its row stays locked until the transaction ends, so that no rank
    is given twice, and none is lost where that is rolled back. Raises what ``Espace.number`` raises
    (``rules.NumbersExhausted``).
    """
    if door.number is None:
        return None
    if not connection.in_atomic_block:
        raise RuntimeError("a number is given in the transaction of what it numbers")
    today = clock.today()
    of_year = {"espace": door.code, "year": today.year}
    NumberSequence.objects.bulk_create([NumberSequence(**of_year, last=0)], ignore_conflicts=True)
    sequence = NumberSequence.objects.select_for_update().get(**of_year)
    number = door.number(today, sequence.last + 1)
    sequence.last += 1
    sequence.save(update_fields=["last"])
    return number
