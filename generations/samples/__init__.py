"""Code that calls the API, from one source: for one request (`for_request`), and of the guides (`of_guide`).

Docs, playground and tests take it from here; nothing shown anywhere as code is written a second time.
"""

from generations.samples.calls import KEY, for_request

__all__ = ["KEY", "for_request"]
