"""What Django asks about an account: by its id. Signing in is ``operations.sign_in``."""

from uuid import UUID

from django.contrib.auth.backends import BaseBackend

from guichet.accounts.models import Account


class AccountBackend(BaseBackend):
    """Loads by id; knows no passwords and no permissions."""

    def get_user(self, user_id: UUID | str) -> Account | None:
        """The account with this id."""
        return Account.objects.filter(pk=user_id).first()
