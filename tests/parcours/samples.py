"""Documents that a treasurer has: accounts typed on a computer, and a page photographed with a phone."""

import io
from functools import cache

import pikepdf
import typst
from PIL import Image, ImageDraw

_ACCOUNTS = """
#set page(paper: "a4")
#set text(lang: "fr")
= Bilan
Actif : 12 480 euros. Passif : 12 480 euros.
#pagebreak()
= Compte de résultat
Produits : 8 200 euros. Charges : 7 950 euros. Excédent : 250 euros.
#pagebreak()
= Annexe
Les comptes suivent le plan comptable des associations.
"""


@cache
def accounts() -> bytes:
    """A PDF of three pages."""
    made = typst.compile(_ACCOUNTS.encode(), format="pdf")
    assert isinstance(made, bytes)
    return made


@cache
def other_accounts() -> bytes:
    """Another PDF, of three pages too."""
    made = typst.compile(_ACCOUNTS.replace("8 200", "8 300").encode(), format="pdf")
    assert isinstance(made, bytes)
    return made


@cache
def photo() -> bytes:
    """A JPEG as a phone takes it, with where and when in its EXIF data."""
    picture = Image.linear_gradient("L").resize((900, 1200)).convert("RGB")
    ImageDraw.Draw(picture).text((80, 80), "Rapport du tresorier", fill="white")
    exif = Image.Exif()
    exif[0x010E] = "photographed in the kitchen"
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=80, exif=exif)
    return content.getvalue()


@cache
def locked() -> bytes:
    """The accounts, protected by a password."""
    content = io.BytesIO()
    with pikepdf.open(io.BytesIO(accounts())) as pdf:
        pdf.save(content, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    return content.getvalue()
