"""The upper bound of a password's length; Django brings the lower bound and the list of common ones."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext


class MaximumLengthValidator:
    """Refuses a password so long that hashing it would be work for its sender's sake only."""

    def __init__(self, max_length: int = 128) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raise ValidationError when the password is longer than `max_length` characters."""
        if len(password) > self.max_length:
            raise ValidationError(
                gettext("This password is too long. It may have at most %(max_length)d characters."),
                code="password_too_long",
                params={"max_length": self.max_length},
            )

    def get_help_text(self) -> str:
        """Return the rule in words."""
        return gettext("Your password may have at most %(max_length)d characters.") % {"max_length": self.max_length}
