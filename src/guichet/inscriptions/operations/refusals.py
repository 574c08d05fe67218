"""The refusal that several modules of this room share."""

from guichet.kernel.refusals import N_, Refusal


class CannotBegin(Refusal):
    """The company can't be registered as it was chosen: nothing was written. The subclasses say why.

    An activation goes on without it (``suppress(CannotBegin)``): the account exists, acts for nobody, and
    its home page leads to the choice.
    """

    code = "cannot_begin"
    message = N_("Votre inscription n’est pas complète : faites vos choix de nouveau.")
