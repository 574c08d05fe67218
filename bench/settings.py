"""The portal's settings, and one address more: a view with nothing in it, behind the same middleware."""

from guichet.config.settings import *  # noqa: F403 - all of them, but for what follows

ROOT_URLCONF = "bench.urls"
