"""What people type finds what they mean: at least 19 times of 20 among the first five (001, step 4).

No failure may show a phrasing of the half that is kept aside: it gives counts alone.
"""

import pytest

from guichet.teleprocedures.depot_spontane.search import search
from tests.teleprocedures.depot_spontane.phrasings import KEPT_ASIDE, TUNING, Phrasing, phrasings

SHOWN, SHARE = 5, 0.95


def is_found(phrasing: Phrasing) -> bool:
    return any(each.code in phrasing.expected for each in search(phrasing.text, limit=SHOWN))


@pytest.mark.parametrize("half", [TUNING, KEPT_ASIDE])
def test_what_is_meant_is_among_the_first_five(half: str) -> None:
    found = [is_found(each) for each in phrasings(half)]
    counted, of = sum(found), len(found)
    if counted < SHARE * of:
        pytest.fail(f"{half}: {counted} of {of} found among the first {SHOWN}", pytrace=False)
