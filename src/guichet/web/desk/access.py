"""Who may sit at the desk: an agent, with the role that the page asks for."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http.response import HttpResponseBase

from guichet.instruction import queries
from guichet.instruction.models import Agent
from guichet.instruction.rules import ESPACE, NotAllowed, Role
from guichet.web.access import account_required
from guichet.web.requests import PortalRequest

P = ParamSpec("P")


class DeskRequest(PortalRequest):
    """A request as ``agent_required`` completes it."""

    agent: Agent


View = Callable[Concatenate[DeskRequest, P], HttpResponseBase]


def agent_required(role: Role = Role.AGENT) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """Guards a view of the desk, and gives it ``request.agent``.

    Without a session: on to the sign-in page of agents. Without the role, or where the agent was suspended:
    ``NotAllowed`` (403). The operations ask again: this is so that nobody is shown a page they can't use.
    """

    def guard(view: View[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        @account_required(ESPACE)
        def guarded(request: PortalRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            agent = queries.agent_of(account=request.account)
            if agent is None or not agent.rank.includes(role):
                raise NotAllowed
            at_the_desk = cast(DeskRequest, request)
            at_the_desk.agent = agent
            return view(at_the_desk, *args, **kwargs)

        return guarded

    return guard
