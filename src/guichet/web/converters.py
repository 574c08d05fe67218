"""What an address may hold."""

from guichet.kernel.identifiers import Siren
from guichet.kernel.refusals import Refusal


class SirenConverter:
    """Nine digits with a right key; anything else is no address of the portal (404)."""

    regex = "[0-9]{9}"

    def to_python(self, value: str) -> Siren:
        """The number, or ``ValueError``, which Django answers with 404."""
        try:
            return Siren.parse(value)
        except Refusal as refusal:
            raise ValueError(str(refusal)) from refusal

    def to_url(self, value: str) -> str:
        """The nine digits."""
        return str(value)
