from django.apps import AppConfig


class DepotsConfig(AppConfig):
    name = "guichet.depots"
    label = "depots"
