"""Where a request comes from, and who sends it."""

import ipaddress
from collections.abc import Sequence
from functools import cache

from django.conf import settings
from django.http import HttpRequest

from guichet.accounts.models import Account
from guichet.accounts.rules import Client

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class PortalRequest(HttpRequest):
    """A request as ``RequestContextMiddleware`` and ``access.account_required`` complete it."""

    request_id: str
    account: Account
    unread: int  # messages in the account's mailbox, where it has one


def account_of(request: HttpRequest) -> Account | None:
    """The signed-in account, or None. One query, which reads the session too; none without session."""
    user = getattr(request, "user", None)  # none on the page of a request that was refused at the door
    return user if isinstance(user, Account) else None


def client_of(request: HttpRequest) -> Client:
    """Where the request comes from, as the accounts room wants to know it."""
    return Client(address=client_address(request), agent=request.headers.get("User-Agent", "")[:300])


def client_address(request: HttpRequest) -> str:
    """The IP address that the request comes from.

    ``X-Forwarded-For`` is believed from ``settings.TRUSTED_PROXIES`` only (addresses or networks), and read
    from the right: the first address that is not a trusted proxy's is the client's.
    """
    address = _plain(str(request.META.get("REMOTE_ADDR") or ""))
    for hop in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        if not _is_trusted(address) or not _is_address(hop.strip()):
            break
        address = _plain(hop.strip())
    return address


def is_from_proxy(request: HttpRequest) -> bool:
    """Whether a server of ``settings.TRUSTED_PROXIES`` handed the request over."""
    return is_from(request, settings.TRUSTED_PROXIES)


def is_from(request: HttpRequest, servers: Sequence[str]) -> bool:
    """Whether a server of ``servers`` (addresses or networks) handed the request over; no header counts."""
    return _is_among(_plain(str(request.META.get("REMOTE_ADDR") or "")), servers)


def _plain(address: str) -> str:
    """An IPv4 address as such where it comes in IPv6's clothes (::ffff:192.0.2.1): else all those who come by
    IPv4 to a server that listens on both would be one network, and locked out together."""
    if not _is_address(address):
        return address
    return str(getattr(ipaddress.ip_address(address), "ipv4_mapped", None) or address)


@cache
def _networks(networks: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(network, strict=False) for network in networks)


def _is_trusted(address: str) -> bool:
    return _is_among(address, settings.TRUSTED_PROXIES)


def _is_among(address: str, servers: Sequence[str]) -> bool:
    networks = _networks(tuple(servers))
    return _is_address(address) and any(ipaddress.ip_address(address) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
