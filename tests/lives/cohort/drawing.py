"""The chart of a simulation as an SVG of its own, light or dark as its reader has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

LEFT, BOTTOM, HIGH, STEP, BAR = 24, 350, 220, 82, 30
LEAST_WIDTH, TALL = 560, 412
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1d2423 } .soft { fill: #55605e }
.title { font-size: 16px; font-weight: 600 }
.ours { fill: #0f5c57 } .fixed { fill: #b9c4c2 } .forgotten { fill: none; stroke: #6f7c7a; stroke-dasharray: 3 2 }
.line { stroke: #ceccc4 } .paper { fill: #ffffff }
@media (prefers-color-scheme: dark) { text { fill: #e6ebea } .soft { fill: #a9b5b3 } .ours { fill: #5fb8b0 }
.fixed { fill: #4a5654 } .forgotten { stroke: #8b9896 } .line { stroke: #3a4442 } .paper { fill: #141a19 } }
"""


def drawn(quarters: Sequence[tuple[int, int, int]], found: Mapping[str, int], begins: date, seed: int) -> str:
    """A bar of ours beside one of a fixed subscription for each quarter, and what they come to in words."""
    most = max(max(ours, fixed + forgotten) for ours, fixed, forgotten in quarters) or 1
    width = max(LEAST_WIDTH, 2 * LEFT + STEP * len(quarters))
    title = f"Boxes sent to {found['plans']:,} customers in each quarter"
    told = _told(found)
    about = f"Simulated: {found['customers']:,} customers, seed {seed}, two years from {begins:%-d %B %Y} on"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{TALL}" viewBox="0 0 {width} {TALL}" '
        f'role="img" aria-label="{title}. {". ".join(told.values())}.">',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{width}" height="{TALL}"/>',
        f'<text class="title" x="{LEFT}" y="30">{title}</text>',
        *_legend(told),
        f'<line class="line" x1="{LEFT}" y1="{BOTTOM}" x2="{width - LEFT}" y2="{BOTTOM}"/>',
    ]
    for number, each in enumerate(quarters):
        parts += _pair(LEFT + STEP * number + 8, most, f"Q{number + 1}", *each)
    parts += [f'<text class="soft" x="{LEFT}" y="{TALL - 14}">{about}</text>', "</svg>"]
    return "\n".join(parts) + "\n"


def _told(found: Mapping[str, int]) -> dict[str, str]:
    forgotten = found["boxes_fixed_and_forgotten"] - found["boxes_fixed"]
    return {
        "ours": f"{found['boxes_sent']:,} as the plans needed them",
        "fixed": f"{found['boxes_fixed']:,} by a fixed quarterly subscription, cancelled on the last session’s day",
        "forgotten": f"{forgotten:,} more if it is cancelled only when the next box has come",
    }


def _legend(told: Mapping[str, str]) -> Iterator[str]:
    for row, (kind, words) in enumerate(told.items()):
        y = 44 + 20 * row
        yield f'<rect class="{kind}" x="{LEFT}" y="{y}" width="12" height="12"/>'
        yield f'<text x="{LEFT + 20}" y="{y + 11}">{words}</text>'


def _pair(x: int, most: int, name: str, ours: int, fixed: int, forgotten: int) -> Iterator[str]:
    tall, flat, more = (round(HIGH * count / most, 1) for count in (ours, fixed, forgotten))
    second = x + BAR + 2
    yield f'<rect class="ours" x="{x}" y="{BOTTOM - tall}" width="{BAR}" height="{tall}"/>'
    yield f'<rect class="fixed" x="{second}" y="{BOTTOM - flat}" width="{BAR}" height="{flat}"/>'
    if more:
        yield f'<rect class="forgotten" x="{second}" y="{BOTTOM - flat - more}" width="{BAR}" height="{more}"/>'
    for at, value, top in ((x, ours, tall), (second, fixed + forgotten, flat + more)):
        middle = at + BAR / 2
        yield f'<text class="soft" x="{middle}" y="{BOTTOM - top - 5}" text-anchor="middle">{value:,}</text>'
    yield f'<text x="{second - 1}" y="{BOTTOM + 20}" text-anchor="middle">{name}</text>'
