from django.apps import AppConfig


class CourriersConfig(AppConfig):
    name = "guichet.courriers"
    label = "courriers"
