"""The start of a declaration: from its tile, chosen already; or why nothing can be transmitted now."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from guichet.depots import operations, queries
from guichet.teleprocedures.declaration import rights
from guichet.teleprocedures.declaration.rules import DECLARATION
from guichet.web.filing import drafts
from guichet.web.filing.screens import Filing
from guichet.web.requests import PortalRequest


def start(request: PortalRequest, *, filing: Filing) -> HttpResponse:
    """What one needs, and the button that begins; ``?declaration=`` chooses. Without a right: why not."""
    account, wanted = request.account, request.GET.get(DECLARATION, "")
    wanted = wanted if wanted in rights.kinds() else ""
    offered = rights.offered(account)
    if not offered or (wanted and wanted not in offered):
        return _refused(request, filing, wanted)
    if request.method != "POST":
        return drafts.start(request, filing=filing)
    draft = operations.start_draft(account=account, teleprocedure=filing.definition.code)
    if wanted and not draft.data:
        operations.answer(account=account, depot_id=draft.id, data={DECLARATION: wanted})
    return redirect(f"{filing.namespace}:draft", draft.id)


def _refused(request: PortalRequest, filing: Filing, wanted: str) -> HttpResponse:
    account = request.account
    context = {
        "filing": filing,
        "at": filing.at,
        "sentence": rights.why_not(account, wanted) if wanted else "",
        "refused": [] if wanted else rights.refused(account),
        "unknown": "" if wanted else rights.why_nothing(account),
        "draft": queries.draft_of(account=account, teleprocedure=filing.definition.code),
    }
    return render(request, "declaration/refused.html", context, status=403)
