"""The public API under /api/v1: one object, one router for each resource."""

from generations.api.application import RoomAPI

api = RoomAPI()
