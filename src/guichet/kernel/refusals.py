"""How the house says no: one exception type, with a stable code and a sentence in plain French.

A message is a gettext msgid with named ``{places}``. Nothing is translated here: whoever shows a refusal
translates ``template`` and fills in ``params`` (see ``guichet.web.messages.sentence``).
"""

from typing import ClassVar


def N_(text: str) -> str:  # noqa: N802 - the name that gettext's extractor knows
    """Mark ``text`` for translation without translating it, as the kernel knows no language."""
    return text


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a malfunction
    """Something a person asked for can't be done; says what is wrong and what to do about it.

    Subclasses stand beside the function that raises them and set ``code`` and ``message``. ``field`` names
    the answer that is to be corrected, where there is one; ``status`` is the HTTP status that means it, and
    ``title`` heads its page where the status's own title would mislead.
    """

    code: ClassVar[str] = "refused"
    message: ClassVar[str] = N_("Cette demande ne peut pas aboutir.")
    title: ClassVar[str] = ""
    field: ClassVar[str | None] = None
    status: ClassVar[int] = 422

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(str(self))

    @property
    def template(self) -> str:
        """The untranslated sentence, with its ``{places}``."""
        return self.message

    def __str__(self) -> str:
        return self.message.format(**self.params)
