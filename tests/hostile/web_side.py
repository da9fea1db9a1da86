"""The web's half of a picture, in a process that has loaded what the web process loads: take it, or refuse it.

Reads a line of JSON for each picture, answers with one: the generation's id, or the refusal's code. What arrives with a
name goes through the whole API. An empty line ends it; the last answer tells which decoders were ever loaded.
"""

import asyncio
import hashlib
import json
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

DECODERS = frozenset({"PIL", "pi_heif", "cv2", "onnxruntime", "openvino"})
FORM = {"model": "changebg", "prompt": "a quiet room"}


def main() -> None:
    """Answer until an empty line."""
    import django

    django.setup()
    from roomai_web.asgi import application

    for line in iter(sys.stdin.readline, "\n"):
        asked = json.loads(line)
        data = Path(asked["path"]).read_bytes()
        said = asyncio.run(_sent(application, asked, data)) if "file_name" in asked else _taken(asked, data)
        print(json.dumps(said), flush=True)  # noqa: T201  the answer
    print(json.dumps({"decoders": sorted(DECODERS & set(sys.modules))}), flush=True)  # noqa: T201


def _taken(asked: dict[str, Any], data: bytes) -> dict[str, Any]:
    """Do what the API does once a call is read: check and store the picture, then hold its price."""
    from accounts.models import Workspace
    from generations import services, storage
    from roomai_web.errors import RoomAIError

    workspace = Workspace.objects.get(id=UUID(asked["workspace"]))
    try:
        stored = storage.store_input(workspace_id=workspace.id, data=data)
    except RoomAIError as refusal:
        return {"code": refusal.code}
    submitted = services.submit(
        workspace=workspace,
        created_by=None,
        api_key=None,
        model_id="removebg",
        tokens=1,
        params={"format": "png", "seed": 7, "result": "cutout"},
        inputs={"image": stored},
        idem_key=None,
        fingerprint=hashlib.sha256(data).digest(),
        livemode=True,
    )
    return {"id": str(submitted.generation.id)}


async def _sent(application: Any, asked: dict[str, Any], data: bytes) -> dict[str, Any]:
    import httpx

    headers = {"Authorization": f"Bearer {asked['key']}", "Prefer": "respond-async"}
    files = {"image": (asked["file_name"], data, asked["content_type"])}
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        answer = (await client.post("/api/v1/generate", headers=headers, data=FORM, files=files)).json()
    return {"id": answer["id"]} if "id" in answer else {"code": answer["error"]["code"]}


if __name__ == "__main__":
    main()
