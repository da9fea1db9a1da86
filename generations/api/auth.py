"""Who calls: the API key of the Authorization header, and what it may do. Nothing else authorises a call."""

from dataclasses import dataclass
from functools import partial

from django.http import HttpRequest
from ninja.security import HttpBearer

from accounts import api_keys
from accounts.gcra import Verdict
from accounts.models import ApiKey, User, Workspace
from billing import ledger
from generations.api import throttling
from generations.errors import InvalidApiKey, MissingScope
from generations.threads import in_thread


@dataclass(frozen=True, slots=True)
class Caller:
    """A program with a working key. Live and test keys of one workspace see different generations."""

    key: ApiKey
    workspace: Workspace
    wallet_id: int

    @property
    def livemode(self) -> bool:
        """Say whether it asks for live pictures, which cost tokens."""
        return self.key.livemode

    @property
    def uploads_livemode(self) -> bool:
        """Say whether it names uploads of live keys and of pages, or of test keys."""
        return self.key.livemode

    @property
    def api_key(self) -> ApiKey:
        """Return the key, as what a generation remembers of who asked."""
        return self.key

    @property
    def created_by(self) -> User | None:
        """Return who made the key."""
        return self.key.created_by


class Key(HttpBearer):
    """Asks for a key with this scope; the caller is then at `caller(request)`."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    async def __call__(self, request: HttpRequest) -> Caller:
        """Raise InvalidApiKey, always the same, RateLimited(retry_after_s) or MissingScope(scope)."""
        scheme, _, presented = request.headers.get("Authorization", "").partition(" ")
        return await self.authenticate(request, presented.strip() if scheme.lower() == "bearer" else "")

    async def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """Find the caller; from here on every answer tells the balance and how many calls are left."""
        found, verdict = await in_thread(partial(_identify, request, token))
        request.caller, request.rate = found, verdict  # type: ignore[attr-defined]  # where the envelope looks
        if not verdict.admitted:
            raise throttling.refusal(verdict)
        if not found.key.allows(self.scope):
            raise MissingScope(f"This API key lacks the scope {self.scope}.", scope=self.scope)
        return found


def _identify(request: HttpRequest, presented: str) -> tuple[Caller, Verdict]:
    key = api_keys.authenticate(presented=presented, ip=throttling.ip_of(request))
    if key is None:
        raise InvalidApiKey
    caller = Caller(key, key.workspace, ledger.wallet_id_for(workspace_id=key.workspace_id))
    verdict = throttling.judge(method=request.method or "", path=request.path, workspace_id=key.workspace_id)
    return caller, verdict


def caller(request: HttpRequest) -> Caller:
    """Return who calls; only below `auth=Key(...)`."""
    found: Caller = request.caller  # type: ignore[attr-defined]  # set by Key
    return found
