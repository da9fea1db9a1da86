"""Play one suite in this process and write what it found: python -m tests.hostile.one SUITE REPORT [--short]."""

import json
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path


def main(suite: str, report: Path, *flags: str) -> None:
    """Play the long form, or with --short what `make test` plays."""
    module = import_module(f"tests.hostile.{suite}")
    outcome = module.short() if "--short" in flags else module.run()
    report.write_text(json.dumps(asdict(outcome)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
