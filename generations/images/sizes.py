"""How large the small copy of a picture is: known without decoding anything, so the pages may ask as well."""

#: A tile on a fine screen, and a phone's whole width.
EDGE_PX = 640


def small(width_px: int, height_px: int) -> tuple[int, int]:
    """Return the width and height of the thumbnail of a picture of these, EDGE_PX at most at its longer edge."""
    scale = min(1, EDGE_PX / max(height_px, width_px))
    return max(1, round(width_px * scale)), max(1, round(height_px * scale))
