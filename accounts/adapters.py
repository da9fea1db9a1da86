"""What allauth asks of us: the picture of the code an authenticator app scans."""

import qrcode  # type: ignore[import-untyped]  # it has no type information
from allauth.mfa.adapter import DefaultMFAAdapter
from django.utils.html import format_html

QUIET_ZONE = 4


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no type information
    """Draws the QR code as markup: a picture in a data: address would be refused by the pages' content policy."""

    def build_totp_svg(self, url: str) -> str:
        """Return an inline SVG of the address, one unit a module, with the quiet zone of ISO 18004."""
        code = qrcode.QRCode(border=QUIET_ZONE)
        code.add_data(url)
        rows: list[list[bool]] = code.get_matrix()
        path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
        return format_html(
            '<svg class="qr" width="220" height="220" viewBox="0 0 {0} {0}" role="img" aria-labelledby="qr-title">'
            '<title id="qr-title">QR code</title><rect width="{0}" height="{0}" fill="#fff"/><path d="{1}"/></svg>',
            len(rows),
            path,
        )
