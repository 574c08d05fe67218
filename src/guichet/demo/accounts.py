"""The accounts that the demonstration opens, with their known passwords."""

from dataclasses import dataclass

from guichet.demo import register
from guichet.kernel.refusals import N_


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """How to come in: ``url_name`` is the page to sign in at, ``rank`` the unit in the register."""

    label: str
    espace: str
    url_name: str
    rank: int
    password: str

    @property
    def identifier(self) -> str:
        """The SIREN that one signs in with."""
        return register.siren(self.rank)

    @property
    def name(self) -> str:
        """The association's name."""
        return register.KEPT[self.rank].name


SIGN_INS = (
    SignIn(
        label=N_("Association qui n’a encore rien déposé"),
        espace="association",
        url_name="association:sign_in",
        rank=0,
        password="Foret-Valclair-26",
    ),
    SignIn(
        label=N_("Association reconnue d’utilité publique"),
        espace="association",
        url_name="association:sign_in",
        rank=1,
        password="Harmonie-Albin-26",
    ),
    SignIn(
        label=N_("Fondation"),
        espace="association",
        url_name="association:sign_in",
        rank=2,
        password="Phare-Mouettes-26",
    ),
)
NO_ACCOUNT_YET = 3
"""The rank of an association for whoever wants to see a registration."""
