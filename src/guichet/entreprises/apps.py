from django.apps import AppConfig


class EntreprisesConfig(AppConfig):
    name = "guichet.entreprises"
    label = "entreprises"
