"""What a finished file says about itself: what was done to the photograph, and by what."""

from typing import Literal

Made = Literal["painted", "trained", "given", "cut"]

# IPTC NewsCodes "Digital Source Type", http://cv.iptc.org/newscodes/digitalsourcetype/
SOURCE_TYPE: dict[Made, str] = {
    "painted": "compositeSynthetic",  # a photo over a plate drawn by an algorithm
    "trained": "compositeWithTrainedAlgorithmicMedia",  # a photo over a plate of a trained network
    "given": "composite",  # a photo over a color or a picture of the caller's
    "cut": "algorithmicallyEnhanced",  # the photo itself, its background made transparent
}


def xmp(made: Made) -> bytes:
    """The XMP packet with `Iptc4xmpExt:DigitalSourceType`, for PNG, JPEG and WebP alike."""
    term = f"http://cv.iptc.org/newscodes/digitalsourcetype/{SOURCE_TYPE[made]}"
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
        f' Iptc4xmpExt:DigitalSourceType="{term}"/>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()
