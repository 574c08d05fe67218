"""The service in charge: whom a person may write to or call, as art. R112-11-1 CRPA wants it on a receipt."""

from dataclasses import dataclass

from guichet.kernel.phones import in_pairs


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service of the administration. ``address`` is one line an element, ``phone`` as it is dialled."""

    name: str
    address: tuple[str, ...]
    email: str
    phone: str

    @property
    def phone_in_pairs(self) -> str:
        """The telephone number as people read it."""
        return in_pairs(self.phone)
