"""What the register says of an association at its publication, as far as the public may read it."""

from guichet.entreprises.rules import NON_DIFFUSIBLE, UniteLegale
from guichet.publications.territories import department_of

NATURAL_PERSON = "1"  # the first digit of INSEE's catégorie juridique


def snapshot(unite: UniteLegale | None, *, filed_name: str) -> dict[str, str]:
    """The columns of a publication that come from the register (ADR 0015).

    Accounts name who files them, and the law has them published: the name is the one that they were filed
    under, for a unit that refuses diffusion too, unless it is a natural person. Of such a unit the register's
    RNA number and postcode are withheld, and the city stays, as INSEE has it; its department is the city's.
    """
    if unite is None:
        return {"name": filed_name}
    siege = unite.siege
    shown = unite.masked()
    withheld_person = not unite.diffusible and unite.category_code.startswith(NATURAL_PERSON)
    return {
        "name": NON_DIFFUSIBLE if withheld_person else filed_name,
        "rna": shown.rna,
        "category_code": unite.category_code,
        "postcode": shown.siege.postcode[:5] if shown.siege else "",
        "city": shown.siege.city[:100] if shown.siege else "",
        "department": department_of(siege.postcode) if siege else "",
    }
