"""What a finished file says about itself: what was done to the photograph, and by what.

Terms are of the IPTC NewsCodes "Digital Source Type", http://cv.iptc.org/newscodes/digitalsourcetype/, as defined in
its release of 2024-10-23:

- composite: several elements, "any of which may or may not be generative AI". compositeCapture would claim that all of
  them were captured from life, which is unknown of a caller's background and untrue of a color or a painted plate;
- compositeSynthetic: several elements, "at least one of which is Generative AI". Earlier releases said "synthetic",
  and a plate painted without training data was one; now the term would claim a network that had no part in it;
- algorithmicMedia: made "purely by an algorithm not based on any sampled training data"; the plate is, but the subject
  before it is a photograph, so the whole is a composite;
- compositeWithTrainedAlgorithmicMedia: a picture changed "using a Generative AI model, such as with inpainting or
  outpainting operations"; such an engine is given the photo and paints round its subject;
- algorithmicallyEnhanced: altered "by algorithm without changing the main content of the media, initiated or configured
  by a human"; humanEdits would claim that a person's hand drew the outline.
"""

from typing import Literal

Made = Literal["painted", "trained", "given", "cut"]

SOURCE_TYPE: dict[Made, str] = {
    "painted": "composite",  # a photo over a plate drawn by an algorithm, no training data
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
