from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The roof: it has no tables, and looks at the whole house before it opens."""

    name = "guichet.config"
    label = "config"

    def ready(self) -> None:
        """Register the checks of the settings and of the definitions."""
        from guichet.config import checks  # noqa: F401 - registers them
