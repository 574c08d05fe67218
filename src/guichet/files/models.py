"""What is known of a stored file. Its bytes lie in the store, under their own hash."""

from django.db import models
from django.db.models import Q

from guichet.files.rules import MEDIA_TYPE_LENGTH, SHA256_LENGTH


class StoredFile(models.Model):
    """A content, kept once however often it is filed. ``size`` in bytes, ``sha256`` in hexadecimal."""

    class Scan(models.TextChoices):
        """What the antivirus said."""

        PENDING = "pending", "en attente d’analyse"
        CLEAN = "clean", "aucun virus trouvé"
        INFECTED = "infected", "infecté"
        OFF = "off", "sans antivirus"

    sha256 = models.CharField(max_length=SHA256_LENGTH, primary_key=True)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=MEDIA_TYPE_LENGTH)
    stored_at = models.DateTimeField()
    scan = models.CharField(max_length=8, choices=Scan.choices)
    scanned_at = models.DateTimeField(null=True)

    class Meta:
        # Few: what waits for the antivirus, and what it found something in.
        indexes = [models.Index(fields=["scan"], condition=~Q(scan="clean"), name="file_not_clean")]  # noqa: RUF012 - Django's way
        constraints = [  # noqa: RUF012 - Django's way
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="file_sha256_is_hexadecimal"
            ),
            models.CheckConstraint(condition=Q(size__gte=0), name="file_size_not_negative"),
            models.CheckConstraint(
                condition=Q(scan__in=["pending", "clean", "infected", "off"]), name="file_scan_known"
            ),
            models.CheckConstraint(
                condition=Q(scan__in=["pending", "off"], scanned_at=None)
                | Q(scan__in=["clean", "infected"], scanned_at__isnull=False),
                name="file_scan_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.sha256
