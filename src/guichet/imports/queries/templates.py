"""The files that people fill in (003, chapter 4: « Téléchargez le modèle de fichier »)."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from guichet.habilitations.queries.access import check_administrateur
from guichet.imports.queries.streaming import streamed
from guichet.imports.rules import HEADS, Column, template_heads
from guichet.imports.states import Kind
from guichet.inscriptions import catalogue
from guichet.inscriptions.models import Acteur
from guichet.portefeuilles import queries as portefeuilles
from guichet.portefeuilles.models import Portefeuille

_PLACES = """
SELECT e.siret FROM portefeuilles_etablissementclient e
JOIN portefeuilles_cliente c ON c.id = e.cliente_id AND c.closed_at IS NULL
WHERE c.portefeuille_id = %(portefeuille)s AND e.closed_at IS NULL
ORDER BY c.sort_key, c.id, e.siret
"""
# One line a déclarant and établissement where there is a right at least.
_RIGHTS = """
SELECT u.profile->>'last_name', u.profile->>'first_name', a.siret, h.siret, array_agg(h.declaration)
FROM portefeuilles_cliente c
JOIN portefeuilles_etablissementclient e ON e.cliente_id = c.id AND e.closed_at IS NULL
JOIN habilitations_habilitation h ON h.siret = e.siret AND h.closed_at IS NULL
JOIN inscriptions_acteur a ON a.id = h.acteur_id AND a.inscription_id = c.inscription_id
JOIN accounts_account u ON u.id = a.account_id
WHERE c.portefeuille_id = %(portefeuille)s AND c.closed_at IS NULL
GROUP BY a.id, u.id, c.sort_key, c.id, h.siret
ORDER BY c.sort_key, c.id, h.siret, u.profile->>'last_name', u.profile->>'first_name', a.id
"""


def template_rows(
    *, acteur: Acteur, portefeuille_id: uuid.UUID, kind: Kind, filled: bool = False
) -> Iterator[list[str]]:
    """The file to fill in, its head first. ``filled``: with what stands in the portfolio now, so that it
    changes nothing before somebody changes it; a right that nobody has is an empty cell.

    SIRETs are 14 digits. Raises ``NotAdministrateur``, ``PortefeuilleNotFound``.
    """
    check_administrateur(acteur)
    one = portefeuilles.portefeuille(acteur=acteur, portefeuille_id=portefeuille_id)
    codes = portefeuilles.codes(acteur=acteur, portefeuille_id=portefeuille_id)
    declarations = {code: catalogue.label(code) for code in codes}
    return _rows(one, kind, declarations, filled=filled)


def _rows(
    portefeuille: Portefeuille, kind: Kind, declarations: Mapping[str, str], *, filled: bool
) -> Iterator[list[str]]:
    heads = template_heads(kind, declarations)
    yield heads
    if not filled:
        return
    known = {"portefeuille": portefeuille.pk}
    if kind is Kind.ETABLISSEMENTS:
        for (siret,) in streamed(_PLACES, known):
            yield [siret, "1"]
        return
    for row in streamed(_RIGHTS, known):
        yield _right(row, heads, declarations)


def _right(row: tuple[Any, ...], heads: list[str], declarations: Mapping[str, str]) -> list[str]:
    nom, prenom, connexion, siret, held = row
    known = {
        HEADS[Column.NOM]: nom or "",
        HEADS[Column.PRENOM]: prenom or "",
        HEADS[Column.CONNEXION]: connexion,
        HEADS[Column.SIRET]: siret,
    }
    wishes = ["1" if code in held else "" for code in declarations]
    return [*(known[head] for head in heads[: len(heads) - len(wishes)]), *wishes]
