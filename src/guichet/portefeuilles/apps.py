"""The room of the portfolios."""

from django.apps import AppConfig


class PortefeuillesConfig(AppConfig):
    """Portfolios: containers of declarations, and the clients in them."""

    name = "guichet.portefeuilles"
