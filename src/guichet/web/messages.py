"""Turns a refusal of any room into a sentence in the reader's language."""

from django.utils.translation import gettext

from guichet.accounts.rules import PasswordMisses
from guichet.kernel.refusals import Refusal


def sentence(refusal: Refusal) -> str:
    """The refusal's sentence, translated, with its ``{places}`` filled in; of several, all of them."""
    if isinstance(refusal, PasswordMisses):
        return " ".join(map(sentence, refusal.misses))
    return gettext(refusal.template).format(**refusal.params)


def retry_after(refusal: Refusal) -> str:
    """The ``Retry-After`` header of a refusal that says how many seconds to wait; else an empty text."""
    return str(refusal.params.get("retry_after", ""))
