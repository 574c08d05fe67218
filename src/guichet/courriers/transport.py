"""Handing a courrier over: to a mail server, or to the folder that the mailing service empties."""

import logging
import smtplib
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMessage

from guichet.courriers import letters
from guichet.courriers.models import Courrier
from guichet.courriers.states import Outcome

logger = logging.getLogger(__name__)

PERMANENT = range(500, 600)  # RFC 5321, 4.2.1: the same message is going to be refused again


def send(courrier: Courrier) -> tuple[Outcome, str]:
    """What came of one attempt, and what was answered in a few words without personal data."""
    hand_over = _send_letter if courrier.kind == Courrier.Kind.LETTER else _send_email
    try:
        hand_over(courrier)
    except (smtplib.SMTPException, OSError) as error:
        return _failed(error)
    except Exception as error:  # whatever is wrong with one courrier, its fate is kept
        logger.exception("courrier %s could not be handed over", courrier.pk)
        return Outcome.DELAYED, type(error).__name__
    return Outcome.SENT, ""


def message_id(courrier: Courrier) -> str:
    """The same for every attempt, so that a message sent twice is recognised as one."""
    moment = int(courrier.created_at.timestamp() * 1_000_000)
    return f"<courrier.{courrier.pk}.{moment}@{settings.SENDER.rpartition('@')[2]}>"


def _send_email(courrier: Courrier) -> None:
    EmailMessage(
        subject=courrier.subject,
        body=courrier.body,
        from_email=formataddr((settings.PORTAL_NAME, settings.SENDER)),
        to=[courrier.recipient],
        # RFC 3834: no out-of-office answer is wanted.
        headers={"Message-ID": message_id(courrier), "Auto-Submitted": "auto-generated"},
    ).send()


def _send_letter(courrier: Courrier) -> None:
    letters.hand_over(courrier, into=settings.LETTERS_DIR)


def _failed(error: Exception) -> tuple[Outcome, str]:
    # The server's own words may name the recipient: only the kind and the code are kept.
    codes = _codes(error)
    detail = " ".join([type(error).__name__, *map(str, codes)])
    refused = isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError)
    permanent = refused and bool(codes) and all(code in PERMANENT for code in codes)
    return (Outcome.REFUSED if permanent else Outcome.DELAYED), detail


def _codes(error: Exception) -> list[int]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return sorted(code for code, _ in error.recipients.values())
    return [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []
