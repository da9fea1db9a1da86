"""Whatever is sent, the answer is a refusal in the one shape, never a fault of ours."""

import asyncio
import json
from contextlib import closing

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generations.models import Generation
from tests.generations.api.calling import AT_ONCE, BODY, client

NAMES = [
    "model",
    "image",
    "prompt",
    "format",
    "seed",
    "shadow",
    "mask",
    "background",
    "retention_days",
    "webhook_url",
    "canvas",
]
TEXTS = st.text() | st.sampled_from(["changebg", "https://", "data:image/png;base64,", "upl_", "png", "#ffffff", "7"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["color", "image", "fit"]) | st.text(), inner, max_size=3)
    ),
    max_leaves=8,
)
BODIES = st.dictionaries(st.sampled_from(NAMES) | st.text(), VALUES, max_size=6)
QUICK = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


def test_no_body_makes_us_stumble(charlies):
    """Sent without tokens, so that even a good body ends in a refusal."""
    loop = asyncio.new_event_loop()
    headers = AT_ONCE | {"Authorization": f"Bearer {charlies.key}", "Content-Type": "application/json"}

    async def send(body):
        async with client() as sending:
            return await sending.post("/api/v1/generate", content=body, headers=headers)

    @QUICK
    @given(changed=BODIES, whole=st.booleans())
    def fuzz(changed, whole):
        body = json.dumps(BODY | changed if whole else changed)
        answer = loop.run_until_complete(send(body))
        assert answer.status_code in {400, 402, 413, 422}, answer.text
        error = answer.json()["error"]
        assert {"code", "message", "request_id"} <= set(error)
        assert answer.headers["X-Tokens-Charged"] == "0"

    with closing(loop):
        fuzz()
    assert not Generation.objects.for_workspace(charlies.someone.workspace).exists()
