"""The public API under /api/v1: one object, one router for each resource."""

from generations.api import billing, catalog, documentation, generate, generations, uploads, webhooks
from generations.api.application import RoomAPI

api = RoomAPI()
for _router in (
    generate.router,
    generations.router,
    uploads.router,
    catalog.router,
    billing.router,
    webhooks.router,
):
    api.add_router("", _router)
documentation.publish(api)
