"""Check that a result kept every pixel of its subject: verify_proof.py https://HOST/api/v1/generations/ID API_KEY"""

import hashlib
import io
import json
import sys
from urllib.request import Request, urlopen

from PIL import Image


def fetch(url: str, **headers: str) -> bytes:
    with urlopen(Request(url, headers=headers)) as answer:
        return answer.read()


address, key = sys.argv[1:]
asked = {"Authorization": f"Bearer {key}"}
proof = json.loads(fetch(f"{address}/proof", **asked))["proof"]
links = (proof["input_url"], proof["matte_url"], json.loads(fetch(address, **asked))["result"]["image_url"])
before, matte, after = (Image.open(io.BytesIO(fetch(link))) for link in links)
(x, y), (width, height) = proof["offset_px"], before.size
a, b = (part.convert("RGB").tobytes() for part in (before, after.crop((x, y, x + width, y + height))))
kept = [3 * place for place, alpha in enumerate(matte.tobytes()) if alpha == 255]
if hashlib.sha256(b"".join(a[at : at + 3] for at in kept)).hexdigest() != proof["input_sha256"]:
    sys.exit("the input is not the one the proof speaks of")
differs = (at for at in kept if a[at : at + 3] != b[at : at + 3])
places = (f"x {at // 3 % width} y {at // 3 // width}: {[*a[at : at + 3]]} became {[*b[at : at + 3]]}" for at in differs)
print(found := next(places, "same"))
sys.exit(found != "same")
