"""The addresses of portfolios, below ``/declarant/portefeuilles/``, and of the client's side of the tie."""

from django.urls import URLPattern, path

from guichet.espaces.declarant.portefeuilles import (
    adding,
    clientes,
    closing,
    containing,
    listing,
    moving,
    tiers,
)

_ROOT = "portefeuilles/"
_ONE = f"{_ROOT}<uuid:portefeuille_id>/"
_CLIENTE = f"{_ROOT}entreprises/<int:cliente_id>/"

portefeuilles_urls: list[URLPattern] = [
    path(_ROOT, listing.portefeuilles, name="portefeuilles"),
    path(f"{_ROOT}nouveau/", listing.new, name="portefeuille_new"),
    path(_ONE, listing.portefeuille, name="portefeuille"),
    path(f"{_ONE}nom/", listing.rename, name="portefeuille_rename"),
    path(f"{_ONE}declarations/", containing.portefeuille, name="portefeuille_declarations"),
    path(f"{_ONE}fermer/", closing.close, name="portefeuille_close"),
    path(f"{_ONE}ajouter/", adding.add, name="clientes_add"),
    path(_CLIENTE, clientes.cliente, name="cliente"),
    path(f"{_CLIENTE}etablissements/", clientes.places, name="cliente_places"),
    path(f"{_CLIENTE}declarations/", containing.cliente, name="cliente_declarations"),
    path(f"{_CLIENTE}transferer/", moving.transfer, name="cliente_transfer"),
    path(f"{_CLIENTE}retirer/", moving.remove, name="cliente_remove"),
    path("tiers/", tiers.tiers, name="tiers"),
    path("tiers/<int:cliente_id>/mettre-fin/", tiers.end, name="tiers_end"),
    path("tiers/<int:cliente_id>/autoriser/", tiers.let_back, name="tiers_let_back"),
]
