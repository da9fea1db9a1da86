"""The first call of a key just made, `{% first_call key %}`: with a photo of ours, so that none has to be at hand."""

from urllib.parse import urljoin

from django import template
from django.conf import settings

from generations import catalog, samples
from generations.views import photos

register = template.Library()


@register.simple_tag
def first_call(key: str) -> str:
    """Return two commands for a shell: fetch a sample photo, send it with this key; the answer names the picture.

    The photo goes as a file: an address of this very site is one we would not fetch while it runs on loopback.
    """
    photo = photos.samples()[0]
    name = f"{photo.name}.jpg"
    body = {**catalog.get("changebg").request, "image": name}
    call = samples.for_request(body=body, base_url=settings.PUBLIC_URL, key=key)["multipart"]
    return f"curl -sS -o {name} {urljoin(settings.PUBLIC_URL, photo.url)}\n{call}"
