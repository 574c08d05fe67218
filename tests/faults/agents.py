"""``python -m tests.faults.agents``, in the portal’s environment: an agent publishes in bulk whatever was
confirmed, while everything breaks, and asks again where no answer came.

Each lot that was accepted is one line of JSON: its id, and the filings that it is about. At the end of its
input the agent leaves, once nothing is left to publish.
"""

import json
import os
import sys
import threading
import time
import uuid

PAUSE = 0.5  # seconds between two looks
FEWEST = 4  # filings worth a lot, until the end


def main() -> None:
    """Look, ask, tell, until told to stop."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.config.settings")
    import django

    django.setup()
    from django.db import InterfaceError, OperationalError, connection
    from procrastinate.exceptions import ConnectorException
    from psycopg_pool import PoolTimeout

    from guichet.instruction import operations
    from guichet.instruction.rules import Action, Role

    away = (OperationalError, InterfaceError, ConnectorException, PoolTimeout)
    agent = operations.invite_agent(
        by=None, email="agent@service.example", name="Ange Exemple", role=Role.AGENT
    )
    print(json.dumps({"agent": agent.pk}), flush=True)
    leave = threading.Event()
    threading.Thread(target=_listen, args=(leave,), daemon=True).start()
    asked: set[uuid.UUID] = set()
    while True:
        last = leave.is_set()
        try:
            found = set(_confirmed()) - asked
            if found and (last or len(found) >= FEWEST):
                lot = operations.start_bulk(agent=agent, action=Action.PUBLISH, depot_ids=sorted(found))
                asked |= found
                print(json.dumps({"lot": str(lot.pk), "depots": [str(each) for each in found]}), flush=True)
            elif last:
                os._exit(0)
        except away as error:  # an agent tries again
            print(repr(error), file=sys.stderr, flush=True)
            connection.close()  # as a web process does between two requests
        time.sleep(PAUSE)


def _listen(leave: threading.Event) -> None:
    sys.stdin.readline()
    leave.set()


def _confirmed() -> list[uuid.UUID]:
    from guichet.depots.models import Depot
    from guichet.depots.states import State

    return list(Depot.objects.filter(state=State.CONFIRME).values_list("pk", flat=True))


if __name__ == "__main__":
    main()
