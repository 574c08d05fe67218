"""What is kept of the codes of letters that ask a company (``courriers.codes``)."""

from collections.abc import Sequence

from guichet.courriers import codes

PURPOSE = "guichet.adhesions.code"


def code_hash(siren: str, code: str) -> str:
    """What is kept of a code."""
    return codes.code_hash(PURPOSE, siren, code)


def code_hashes(siren: str, code: str) -> Sequence[str]:
    """The same under the present key and the former ones."""
    return codes.code_hashes(PURPOSE, siren, code)
