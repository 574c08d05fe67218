"""``guichet seal``: the key and certificate that sign receipts and the journal."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

app = typer.Typer(help="Le cachet du portail : ce qui signe les accusés de réception et le journal.")


@app.command()
def show() -> None:
    """Montrer le certificat en service et les anciens : empreinte et validité."""
    from guichet.journal import sealing

    typer.echo("En service")
    typer.echo(_described(sealing.signer().certificate))
    for certificate in sealing.former():
        typer.echo("Ancien, pour vérifier ce qu’il a signé")
        typer.echo(_described(certificate))


@app.command()
def rotate(
    key: Annotated[Path | None, typer.Option(help="La nouvelle clé (PEM, EC P-256).", exists=True)] = None,
    certificate: Annotated[
        Path | None, typer.Option(help="Son certificat (PEM), tel que l’autorité l’a émis.", exists=True)
    ] = None,
    days: Annotated[int, typer.Option(help="Sans clé donnée : durée du certificat, en jours.", min=1)] = 730,
) -> None:
    """Changer le cachet sans rien arrêter ; l’ancien certificat reste, pour vérifier ce qu’il a signé.

    Sans option : une nouvelle clé, avec un certificat signé par elle-même au nom du précédent.
    """
    import datetime as dt

    from guichet.journal import pairs, rotation

    if (key is None) != (certificate is None):
        raise typer.BadParameter("--key et --certificate se donnent ensemble.")
    pair = pairs.read_pair(key, certificate) if key and certificate else None
    new = rotation.rotate(pair=pair, validity=dt.timedelta(days=days))
    typer.echo("Le nouveau cachet est en service ; le précédent reste parmi les anciens.")
    typer.echo(_described(new.certificate))


def _described(certificate: "Certificate") -> str:
    from guichet.journal.pairs import fingerprint

    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return (
        f"  {certificate.subject.rfc4514_string()}\n"
        f"  SHA-256 {fingerprint(certificate)}\n"
        f"  valable du {begins:%d/%m/%Y} au {ends:%d/%m/%Y}"
    )
