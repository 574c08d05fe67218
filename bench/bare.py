"""The same without any middleware: what Django itself costs under this server."""

from bench.settings import *  # noqa: F403 - all of them, but for what follows

MIDDLEWARE = []
