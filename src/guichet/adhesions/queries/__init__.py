"""Reading who acts for whom. What belongs to somebody takes the account as an argument."""

from guichet.adhesions.queries.adhesions import NotTheCompany, adhesion, is_company, of_company
from guichet.adhesions.queries.verdicts import check_line

__all__ = ["NotTheCompany", "adhesion", "check_line", "is_company", "of_company"]
