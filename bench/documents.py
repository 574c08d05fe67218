"""From the last click to the acknowledgement: two documents of three photographs of 4 MB (001, step 8).

Beside it, what came before that click: each photograph sent, and « Mon document est complet ».
"""

import os
import statistics
from collections.abc import Iterator

import pillow_heif

from bench import processes
from bench.client import Answer, Request, crowd
from bench.filings import encoded
from bench.forms import BOUNDARY, TOKEN, multipart
from bench.photographs import jpeg
from bench.report import percentile, table
from bench.world import running, world

CODE = "depot_spontane"
ROUNDS, EACH = 3, 4  # filings in each round: each sends 24 MB
DOCUMENTS, PHOTOGRAPHS = 2, 3
PARTS = {
    "a photograph of 4 MB sent": slice(0, DOCUMENTS * PHOTOGRAPHS),
    "« Mon document est complet »": slice(DOCUMENTS * PHOTOGRAPHS, -2),
    "the last click, to the acknowledgement": slice(-2, None),
}


def measure() -> None:
    """Print the table of this measure."""
    pillow_heif.register_heif_opener()
    photograph = jpeg()
    with world() as place, running(place) as leader, crowd() as clients:
        import django

        django.setup()
        clients.send(place.port, 1, list(_tasks(photograph, 1)))  # what is loaded at first doesn't count
        answers: list[Answer] = []
        others: list[float] = []
        for _ in range(ROUNDS):
            tasks = list(_tasks(photograph, EACH))
            machine, before = processes.cpu_of_the_machine(), processes.cpu_by_kind(leader)
            answers.append(clients.send(place.port, 1, tasks))
            used = processes.spent(before, processes.cpu_by_kind(leader))
            everybody = processes.cpu_of_the_machine() - machine
            ours = sum(used.values()) + answers[-1].cpu
            free = answers[-1].seconds * (os.cpu_count() or 1)
            others.append(min(1.0, max(0.0, everybody - ours) / free))
        _check_all_filed()
    _print([task for answer in answers for task in answer.timings], statistics.median(others))


def _tasks(photograph: bytes, count: int) -> Iterator[list[Request]]:
    """Somebody who has answered all questions: the photographs, both documents complete, the last button."""
    from django.urls import reverse

    from bench.people import senders

    for number, (filer, depot) in enumerate(senders(count, documents=DOCUMENTS)):
        cookie = f"{filer.cookie}; csrftoken={TOKEN}"
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        asked: list[Request] = []
        for document in range(1, DOCUMENTS + 1):
            pages = reverse(f"{CODE}:pages", args=[depot.pk, document])
            for page in range(PHOTOGRAPHS):
                sent = multipart(photograph + f"{number}-{document}-{page}".encode())  # after its end
                asked.append(Request("POST", pages, cookie, encoded(sent), kind, 302, pages))
        form = f"csrfmiddlewaretoken={TOKEN}"
        every = reverse(f"{CODE}:documents", args=[depot.pk])
        for document in range(1, DOCUMENTS + 1):
            complete = reverse(f"{CODE}:complete", args=[depot.pk, document])
            asked.append(Request.form(complete, form, cookie=cookie, location=every))
        draft = reverse(f"{CODE}:draft", args=[depot.pk])
        asked.append(Request.form(every, f"{form}&accepted_terms=on", cookie=cookie, location=draft))
        asked.append(Request("GET", reverse(f"{CODE}:depot", args=[depot.pk]), cookie))
        yield asked


def _check_all_filed() -> None:
    from guichet.depots.models import Depot, DepotFile
    from guichet.depots.states import State

    expected = 1 + ROUNDS * EACH
    filed = Depot.objects.filter(teleprocedure=CODE, state=State.CONFIRME, account__email__endswith=".bench")
    pages = DepotFile.objects.filter(depot__in=filed).values_list("pages", flat=True)
    if filed.count() != expected or list(pages) != [PHOTOGRAPHS] * (DOCUMENTS * expected):
        raise RuntimeError(f"{expected} filings acknowledged, {filed.count()} found, pages {list(pages)}")


def _print(tasks: list[list[float]], others: float) -> None:
    rows: list[list[object]] = []
    for told, part in PARTS.items():
        each = (
            [sum(task[part]) for task in tasks] if part.stop is None else [x for t in tasks for x in t[part]]
        )
        rows.append([told, *(1000 * percentile(each, share) for share in (0.5, 0.95)), f"{others:.0%}"])
    table(
        f"{DOCUMENTS} documents of {PHOTOGRAPHS} photographs",
        ["what", "p50, ms", "p95, ms", "cores: others"],
        rows,
    )
