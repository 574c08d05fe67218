from django.apps import AppConfig


class PublicationsConfig(AppConfig):
    name = "guichet.publications"
    label = "publications"
