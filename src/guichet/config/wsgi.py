"""The WSGI application, for granian or any other WSGI server."""

import contextlib
import ctypes
import os
import signal
import threading

from django.core.wsgi import get_wsgi_application

from guichet.config import env

PR_SET_PDEATHSIG = 1

if env.flag("DIE_WITH_PARENT"):
    # Granian's processes would otherwise outlive it, and hold the port, when it is killed.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.config.settings")
application = get_wsgi_application()


def _warm_up() -> None:
    from guichet.files import checks  # once Django is there

    with contextlib.suppress(checks.ChecksUnavailable):
        checks.warm_up()


threading.Thread(target=_warm_up, daemon=True).start()  # so that the first file to be checked needn't wait
