"""Where a passkey can be: it belongs to a host's name, and browsers hand one over on https or localhost only."""

import ipaddress

from django.http import HttpRequest
from django.http.request import split_domain_port


def can_be_here(request: HttpRequest) -> bool:
    """Say whether this page was opened at a name a passkey can belong to; an IP address cannot own one."""
    host, _port = split_domain_port(request.get_host())
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return request.is_secure() or host == "localhost" or host.endswith(".localhost")
    return False
