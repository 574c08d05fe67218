"""What the service and a person wrote to each other, as plain data under French names."""

from typing import Any

from guichet.courriers.queries import all_plis
from guichet.depots.models import Depot
from guichet.files import queries as files
from guichet.instruction.models import Message, MessageFile
from guichet.retention.rules import file_name

Data = dict[str, Any]
Contents = list[tuple[str, str]]  # name in the archive, SHA-256


def mailbox(box: str) -> list[Data]:
    """What stands in « Mes messages », the first message first."""
    return [
        {"objet": pli.subject, "texte": pli.body, "recu_le": pli.created_at, "lu_le": pli.read_at}
        for pli in all_plis(box=box)
    ]


def exchanges(folder: str, depot: Depot) -> tuple[list[Data], Contents]:
    """Questions and answers about a filing, and the files that came with them, below ``folder``.

    Not what agents tell one another, which may speak of others: it is asked for, and looked at, in writing.
    """
    told: list[Data] = []
    contents: Contents = []
    for rank, message in enumerate(Message.objects.filter(depot=depot).select_related("file"), 1):
        file: MessageFile | None = getattr(message, "file", None)
        joined = _joined(f"{folder}/echanges", rank, file) if file else None
        if file and joined and joined["dans_l_archive"]:
            contents.append((joined["dans_l_archive"], file.stored_id))
        by = "le service" if message.agent_id else "vous"
        told.append({"le": message.at, "de": by, "texte": message.text, "fichier": joined})
    return told, contents


def why_absent(sha256: str) -> str:
    """Why a content is left out of the archive; empty where it is not."""
    try:
        files.check_showable(sha256=sha256)
    except files.BeingScanned:
        return "analyse en cours"
    except files.Infected:
        return "virus"
    return ""


def _joined(folder: str, rank: int, file: MessageFile) -> Data:
    absent = why_absent(file.stored_id)
    return {
        "nom": file.name,
        "sha256": file.stored_id,
        "octets": file.size,
        "pages": file.pages,
        "dans_l_archive": None if absent else f"{folder}/{file_name(rank, file.name)}",
        "absent": absent,
    }
