"""What a suite found, and the chance it was played with."""

import os
import random
from dataclasses import dataclass, field
from typing import Any

#: Another seed plays other cases; a break is repeated with the seed that was printed beside it.
SEED = int(os.environ.get("HOSTILE_SEED", "20261122"))


@dataclass(slots=True)
class Outcome:
    """cases: how many were tried. breaks: a sentence each, none when all held. notes: what was counted or measured."""

    cases: int = 0
    breaks: list[str] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)

    def expect(self, holds: bool, sentence: str) -> None:
        """Note a break unless this holds."""
        if not holds:
            self.breaks.append(sentence)


def chance(suite: str) -> random.Random:
    """Return the suite's own source of chance: what one suite draws changes no other's cases."""
    return random.Random(f"{SEED} {suite}")
