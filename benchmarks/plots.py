"""Pictures of measurements, as SVG."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

COLOURS = ("#4269d0", "#efb118", "#ff725c", "#6cc5b0", "#3ca951", "#a463f2")
_LEFT, _TOP, _WIDTH, _HEIGHT, _KEY = 60, 30, 420, 260, 150
Point = tuple[float, float]


def picture(title: str, width: int, height: int, style: str, shapes: Iterable[str]) -> str:
    """The shapes, one a line, on a white ground; `title` is read aloud and shown by a pointer."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">',
        f"<style>{style}</style>",
        f"<title>{title}</title>",
        '<rect width="100%" height="100%" fill="white"/>',
    ]
    return "\n".join([*lines, *shapes, "</svg>", ""])


def log_lines(title: str, x: str, y: str, series: Mapping[str, Sequence[Point]]) -> str:
    """A line for each series of points (x, y), all above zero; both axes are logarithmic, marked at powers
    of ten."""
    points = [point for line in series.values() for point in line]
    left, right = _powers([point[0] for point in points])
    bottom, top = _powers([point[1] for point in points])

    def place(point: Point) -> str:
        across = _LEFT + _WIDTH * (math.log10(point[0]) - left) / (right - left)
        down = _TOP + _HEIGHT * (top - math.log10(point[1])) / (top - bottom)
        return f"{across:.1f},{down:.1f}"

    lines = [
        f'<text x="{_LEFT}" y="18">{y}</text>',
        f'<text x="{_LEFT + _WIDTH}" y="{_TOP + _HEIGHT + 36}" text-anchor="end">{x}</text>',
    ]
    for power in range(left, right + 1):
        across, down = place((10.0**power, 10.0**bottom)).split(",")
        lines.append(f'<path stroke="#ddd" d="M{across},{_TOP} V{down}"/>')
        lines.append(
            f'<text x="{across}" y="{_TOP + _HEIGHT + 18}" text-anchor="middle">{10**power:,}</text>'
        )
    for power in range(bottom, top + 1):
        down = place((10.0**left, 10.0**power)).split(",")[1]
        lines.append(f'<path stroke="#ddd" d="M{_LEFT},{down} h{_WIDTH}"/>')
        lines.append(
            f'<text x="{_LEFT - 6}" y="{float(down) + 4:.1f}" text-anchor="end">{10.0**power:g}</text>'
        )
    for number, (name, line) in enumerate(series.items()):
        colour, down = COLOURS[number % len(COLOURS)], _TOP + 12 + 20 * number
        lines.append(f'<path stroke="{colour}" d="M{" L".join(map(place, sorted(line)))}"/>')
        lines.append(f'<path stroke="{colour}" d="M{_LEFT + _WIDTH + 10},{down - 4} h14"/>')
        lines.append(f'<text x="{_LEFT + _WIDTH + 30}" y="{down}">{name}</text>')
    style = "text {font: 12px sans-serif} path {fill: none; stroke-width: 2}"
    return picture(title, _LEFT + _WIDTH + _KEY, _TOP + _HEIGHT + 45, style, lines)


def _powers(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten below and above all values, at least one apart."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)
