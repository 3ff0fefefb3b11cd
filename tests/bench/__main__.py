"""`make bench [ONLY=name]`: one JSON line a figure."""

from __future__ import annotations

import json
import sys

from tests.bench.figures import ALL
from tests.bench.setting import bench


def main(names: list[str]) -> None:
    """Measure the figures named, or all."""
    unknown = sorted(set(names) - set(ALL))
    if unknown:
        sys.exit(f"There is no figure {', '.join(unknown)}. There are: {', '.join(ALL)}")
    for name in names or list(ALL):
        with bench() as found:
            told = ALL[name](found)
            for figure in [told] if isinstance(told, dict) else told:
                print(json.dumps(figure), flush=True)


main(sys.argv[1:])
