"""Who may ask for a picture: a program by its key, or a person at the playground, who needs none."""

from dataclasses import dataclass
from typing import Protocol

from accounts.models import ApiKey, User, Workspace


class Asker(Protocol):
    """Whose picture it will be, who pays for it, whether it is a live one, and which uploads may be named for it."""

    @property
    def workspace(self) -> Workspace: ...
    @property
    def wallet_id(self) -> int: ...
    @property
    def livemode(self) -> bool: ...
    @property
    def uploads_livemode(self) -> bool: ...
    @property
    def api_key(self) -> ApiKey | None: ...
    @property
    def created_by(self) -> User | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """Somebody signed in who tries a call. livemode False: as with a test key, watermarked and for 0 tokens."""

    workspace: Workspace
    wallet_id: int
    livemode: bool
    created_by: User
    #: What a person sent serves both kinds of run; only the keys of the two modes are worlds apart.
    uploads_livemode: bool = True
    api_key: None = None
