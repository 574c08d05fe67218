"""The addresses of the door of agents; the desk's own stand in ``web.desk``."""

from django.urls import URLPattern

from guichet.espaces.agents.forms import AgentForm
from guichet.web.account_urls import account_urls

app_name = "agents"

urlpatterns: list[URLPattern] = [
    *account_urls("agents", profile_form=AgentForm),
]
