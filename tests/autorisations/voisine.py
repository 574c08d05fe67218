"""A second, fictitious door, so that there are accounts of another espace."""

from dataclasses import replace

from guichet.espaces.association.definition import ASSOCIATION

VOISINE = replace(
    ASSOCIATION,
    code="voisine",
    label="Porte voisine",
    home_url="voisine:home",
    register_url="voisine:register",
    sign_in_url="voisine:sign_in",
)
