"""POST /generate: a picture and a prompt in, the finished picture or where to ask for it out."""

from functools import partial
from math import ceil

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router

from accounts.models import Scope
from billing import ledger
from generations import waiting
from generations.api import accepting, auth, errors, headers, parsing, schemas
from generations.api.accepting import Accepted
from generations.api.auth import Caller, Key
from generations.bodies import generation_body
from generations.models import Generation
from generations.threads import in_thread, let_go_of_thread, to_the_end

router = Router(tags=["Generate"])


@router.post(
    "/generate",
    auth=Key(Scope.GENERATE),
    operation_id="generate",
    summary="Make a picture",
    response={
        200: schemas.Success,
        202: schemas.Processing,
        **schemas.refusals(400, 402, 409, 415, 422, 429, 502, 503, 504),
    },
)
async def generate(request: HttpRequest) -> HttpResponse:
    """Make a picture and wait for it; what is not ready in time is answered 202 with where to ask for it.

    Charged only when a picture is made, and never more than the price shown before. A caller who hangs up changes
    nothing: the picture is made all the same, and the same `Idempotency-Key` finds it.
    """
    caller, asked = auth.caller(request), headers.asked(request)
    accepted = await to_the_end(accepting.accept(request=request, caller=caller, idem_key=asked.idem_key))
    whose, made = caller.workspace.id, accepted.generation
    if asked.wait_s and not made.is_finished and not waiting.is_full(workspace_id=whose):
        parsing.let_go_of_body(request)
        let_go_of_thread()
        await waiting.wait_until_finished(generation_id=made.id, workspace_id=whose, wait_s=asked.wait_s)
    return await in_thread(partial(_answer, request, caller, accepted))


def _answer(request: HttpRequest, caller: Caller, accepted: Accepted) -> HttpResponse:
    generation = Generation.objects.for_workspace(caller.workspace).get(id=accepted.generation.id)
    return answer_of(generation, request_id=errors.request_id(request), is_replay=accepted.is_replay)


def answer_of(generation: Generation, *, request_id: str, is_replay: bool = False) -> HttpResponse:
    """Return what a call is answered whose generation is as far as this one: status, body and headers of its own.

    is_replay: an earlier call with the same idempotency key made it.
    """
    status, body = generation_body(generation, request_id=request_id)
    balance = ledger.snapshot(wallet_id=generation.wallet_id)
    response = JsonResponse(body, status=status)
    response.headers["X-Tokens-Charged"] = str(generation.tokens_used)
    response.headers["X-Tokens-Remaining"] = str(max(0, balance.available))
    if (retry_after_s := body.get("error", {}).get("retry_after_s")) is not None:
        response.headers["Retry-After"] = str(ceil(retry_after_s))
    if is_replay:
        response.headers["Idempotent-Replayed"] = "true"
    return response
