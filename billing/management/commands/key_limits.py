"""manage.py key_limits KEY [--cap N] [--networks LIST] [--reason TEXT]: show or set what limits an API key."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import key_limits
from accounts.models import ApiKey
from billing import ledger


class Command(BaseCommand):
    """Without --cap and --networks nothing is changed."""

    help = "Show or set a key's monthly cap and the networks it works in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", help="the key's id, or the last four characters of its text")
        parser.add_argument("--cap", help="tokens a calendar month (UTC), or `none`")
        parser.add_argument("--networks", help="203.0.113.0/24,2001:db8::/48,… or `any`")
        parser.add_argument("--reason", default="", help="why; kept in the audit")

    def handle(self, *args: Any, **options: Any) -> None:
        key = _named(options["key"])
        cap, networks = options["cap"], options["networks"]
        if cap is not None or networks is not None:
            if not options["reason"].strip():
                raise CommandError("say why, for the audit: --reason")
            try:
                key = key_limits.change(
                    key=key,
                    monthly_token_cap=key.monthly_token_cap if cap is None else _cap(cap),
                    allowed_networks=key.allowed_networks if networks is None else _networks(networks),
                    actor="operator",
                    reason=options["reason"].strip(),
                )
            except ValueError as error:
                raise CommandError(str(error)) from error
        limit = "no cap" if key.monthly_token_cap is None else f"at most {key.monthly_token_cap} tokens a month"
        where = ", ".join(key.allowed_networks) or "everywhere"
        used = ledger.key_used(api_key_id=key.id)
        self.stdout.write(f"{key} ({key.id}): {limit}, {used} counted this month; works {where}")


def _named(text: str) -> ApiKey:
    try:
        found = list(ApiKey.objects.filter(id=UUID(text)))
    except ValueError:
        found = list(ApiKey.objects.filter(last4=text.strip()[-4:]))
    if not found:
        raise CommandError(f"no key has the id or the last characters {text[-4:]}")
    if len(found) > 1:
        raise CommandError(f"several keys end so; give an id: {', '.join(str(key.id) for key in found)}")
    return found[0]


def _cap(text: str) -> int | None:
    if text == "none":
        return None
    if not (text.isascii() and text.isdigit()):
        raise CommandError("--cap is a whole number of tokens, or `none`")
    return int(text)


def _networks(text: str) -> list[str]:
    return [] if text == "any" else text.split(",")
