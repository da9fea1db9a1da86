"""`{% passkeys_work as possible %}`: whether the page was opened where a passkey can be."""

from typing import Any

from django import template

from accounts import passkeys

register = template.Library()


@register.simple_tag(takes_context=True)
def passkeys_work(context: dict[str, Any]) -> bool:
    """Say whether a passkey can belong to the host of this request."""
    return passkeys.can_be_here(context["request"])
