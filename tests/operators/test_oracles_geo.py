"""Places on the earth against formulas in plain Python, in another form than the operators'."""

from __future__ import annotations

import math
import random
from fractions import Fraction

from feature_extractor.testing.evaluation import evaluate

ROWS = 1500
_RADIUS = 6371.0088


def _places(seed: str) -> tuple[list[float], list[float]]:
    source = random.Random(seed)
    edges = [-90.0, -85.06, -85.05, -45.0, 0.0, 45.0, 66.6, 85.05, 85.06, 90.0]
    latitudes = [
        source.choice(edges) if source.random() < 0.1 else source.uniform(-90, 90)
        for _ in range(ROWS)
    ]
    longitudes = [
        source.choice([-180.0, -90.0, 0.0, 90.0, 180.0])
        if source.random() < 0.1
        else source.uniform(-180, 180)
        for _ in range(ROWS)
    ]
    return latitudes, longitudes


def _unit(latitude: float, longitude: float) -> tuple[float, float, float]:
    a, b = math.radians(latitude), math.radians(longitude)
    return math.cos(a) * math.cos(b), math.cos(a) * math.sin(b), math.sin(a)


def _distance(a: float, b: float, c: float, d: float) -> float:
    """The angle between two vectors, by the length of their chord or of the opposite one."""
    u, v = _unit(a, b), _unit(c, d)
    chord = math.dist(u, v)
    if chord <= 1.5:
        return 2 * _RADIUS * math.asin(chord / 2)
    return _RADIUS * (math.pi - 2 * math.asin(math.dist(u, [-x for x in v]) / 2))


def _bearing(a: float, b: float, c: float, d: float) -> float:
    p, q, r = math.radians(a), math.radians(c), math.radians(d - b)
    y = math.sin(r) * math.cos(q)
    x = math.cos(p) * math.sin(q) - math.sin(p) * math.cos(q) * math.cos(r)
    return math.degrees(math.atan2(y, x)) % 360


def test_distance_and_bearing() -> None:
    a, b = _places("from")
    c, d = _places("to")
    distances, bearings = evaluate(
        ["haversine_distance(a, b, c, d)", "bearing(a, b, c, d)"],
        dict.fromkeys("abcd", "float"),
        {"a": a, "b": b, "c": c, "d": d},
    )
    for row in range(ROWS):
        place = a[row], b[row], c[row], d[row]
        assert math.isclose(distances[row], _distance(*place), rel_tol=1e-9, abs_tol=1e-6), place
        turn = abs(bearings[row] - _bearing(*place)) % 360
        # From a pole every direction is one, and rounding chooses.
        assert min(turn, 360 - turn) < 1e-6 or abs(a[row]) == 90 or abs(c[row]) == 90, place


def _tile(latitude: float, longitude: float, zoom: int) -> tuple[float, float]:
    y = math.asinh(math.tan(math.radians(min(max(latitude, -89), 89)))) / math.pi
    return (longitude + 180) / 360 * 2**zoom, (1 - y) / 2 * 2**zoom


def test_tiles() -> None:
    latitudes, longitudes = _places("tiles")
    for zoom in (1, 5, 14, 22):
        numbers, keys = evaluate(
            [f"geo_tile(a, b, {zoom})", f"quadkey(a, b, {zoom})"],
            {"a": "float", "b": "float"},
            {"a": latitudes, "b": longitudes},
        )
        for a, b, number, key in zip(latitudes, longitudes, numbers, keys, strict=True):
            x, y = _tile(a, b, zoom)
            # On the edge of a tile rounding may choose another one.
            if min(x % 1, 1 - x % 1, y % 1, 1 - y % 1) < 1e-7 and (a, b) != (0, 0):
                continue
            column, row = (min(max(int(v), 0), 2**zoom - 1) for v in (x, y))
            assert number == column + row * 2**zoom, (a, b, zoom)
            digits = (str((column >> i & 1) + 2 * (row >> i & 1)) for i in reversed(range(zoom)))
            assert key == "".join(digits)


def test_polygon() -> None:
    """A star around a centre: the angle tells between which two corners a place lies."""
    source = random.Random("polygon")
    corners = [(i * math.tau / 9, source.uniform(0.3, 2.0)) for i in range(9)]
    latitudes = [1.0 + r * math.sin(angle) for angle, r in corners]
    longitudes = [-2.0 + r * math.cos(angle) for angle, r in corners]
    a = [source.uniform(-1.5, 3.5) for _ in range(ROWS)]
    b = [source.uniform(-4.5, 0.5) for _ in range(ROWS)]
    (found,) = evaluate(
        [f"within_polygon(a, b, {latitudes}, {longitudes})"],
        {"a": "float", "b": "float"},
        {"a": a, "b": b},
    )
    for y, x, value in zip(a, b, found, strict=True):
        angle = math.atan2(y - 1.0, x + 2.0) % math.tau
        sector = int(angle / (math.tau / 9))
        y1, x1 = latitudes[sector] - 1.0, longitudes[sector] + 2.0
        y2, x2 = latitudes[(sector + 1) % 9] - 1.0, longitudes[(sector + 1) % 9] + 2.0
        side = (x2 - x1) * (y - 1.0 - y1) - (y2 - y1) * (x + 2.0 - x1)
        assert value == (side > 0) or abs(side) < 1e-12, (y, x)


_DIGITS = "0123456789bcdefghjkmnpqrstuvwxyz"


def _interleaved(latitude: float, longitude: float, precision: int) -> tuple[int, int, int, int]:
    """Return row, column and the bits of each, of the cell that holds a place; by exact fractions."""
    bits = 5 * precision
    across, down = (bits + 1) // 2, bits // 2
    column = int((Fraction(longitude) + 180) / 360 * 2**across)
    row = int((Fraction(latitude) + 90) / 180 * 2**down)
    return min(row, 2**down - 1), min(column, 2**across - 1), down, across


def _geohash(row: int, column: int, precision: int) -> str:
    bits = 5 * precision
    number = 0
    for place in range(bits):  # From the lowest bit on; the highest one is of the longitude.
        of_column = (bits - 1 - place) % 2 == 0
        half = place // 2
        number |= ((column if of_column else row) >> half & 1) << place
    return "".join(_DIGITS[number >> 5 * i & 31] for i in reversed(range(precision)))


def test_geohashes() -> None:
    latitudes, longitudes = _places("geohash")
    source = random.Random("cells")
    for precision in (1, 4, 7, 12):
        cells = [_interleaved(a, b, precision) for a, b in zip(latitudes, longitudes, strict=True)]
        hashes = [_geohash(row, column, precision) for row, column, _, _ in cells]
        written = [h.upper() if source.random() < 0.3 else h for h in hashes]
        encoded, bounds, latitude, longitude, neighbours = evaluate(
            [
                f"geohash_encode(a, b, {precision})",
                "geohash_bounds(h)",
                "geohash_latitude(h)",
                "geohash_longitude(h)",
                "geohash_neighbors(h)",
            ],
            {"a": "float", "b": "float", "h": "string"},
            {"a": latitudes, "b": longitudes, "h": written},
        )
        assert encoded == hashes
        for i, (row, column, down, across) in enumerate(cells):
            south, north = (Fraction(180 * r, 2**down) - 90 for r in (row, row + 1))
            west, east = (Fraction(360 * c, 2**across) - 180 for c in (column, column + 1))
            assert bounds[i] == [float(south), float(west), float(north), float(east)]
            assert latitude[i] == float((south + north) / 2)
            assert longitude[i] == float((west + east) / 2)
            steps = [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)]
            assert neighbours[i] == [
                _geohash(row + up, (column + right) % 2**across, precision)
                if 0 <= row + up < 2**down
                else None
                for up, right in steps
            ], hashes[i]
