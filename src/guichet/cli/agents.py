"""``guichet agents``: the first gestionnaire, and who there is."""

from typing import Annotated

import typer

app = typer.Typer(help="Les comptes des agents de l’administration.")


@app.command()
def invite(
    email: Annotated[str, typer.Argument(help="L’adresse électronique professionnelle de la personne.")],
    name: Annotated[str, typer.Option(help="Son prénom et son nom.")],
    role: Annotated[str, typer.Option(help="agent, superviseur ou gestionnaire.")] = "gestionnaire",
) -> None:
    """Ouvrir un compte d’agent : un message permet de choisir son mot de passe, pendant 7 jours."""
    from guichet.instruction import operations

    agent = operations.invite_agent(by=None, email=email, name=name, role=role)
    typer.echo(f"L’invitation de {agent.name} ({agent.role}) part vers {agent.account.email}.")


@app.command(name="list")
def list_agents() -> None:
    """Dire qui a un compte d’agent, avec quel rôle, et qui ne s’est pas encore connecté."""
    from guichet.instruction.models import Agent

    found = Agent.objects.select_related("account").order_by("-active", "account__identifier")
    for agent in found:
        seen = agent.account.last_sign_in_at
        state = "suspendu" if not agent.active else f"vu le {seen:%d/%m/%Y}" if seen else "jamais connecté"
        typer.echo(f"{agent.account.identifier} : {agent.name}, {agent.role}, {state}")
    if not found:
        typer.echo("Aucun agent : « guichet agents invite » ouvre le compte du premier gestionnaire.")
