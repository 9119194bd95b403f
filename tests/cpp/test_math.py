"""Test the deterministic math functions: the same bits at every SIMD level, and bounded errors.

The driver is compiled with the system compiler for each x86-64 level, with and without
optimisation. Every build must give the same bits for random and hostile arguments, and one of them
is compared with mpmath.
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
import platform
import random
import re
import shutil
import struct
import subprocess
import sys
from array import array
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import mpmath
import pytest
from mpmath import mp, mpf

ROOT = Path(__file__).resolve().parents[2]
INCLUDE = ROOT / "cpp" / "include"
DRIVER = Path(__file__).with_name("math_driver.cc")
DIGESTS = Path(__file__).with_name("math_digests.json")
ON_X86 = platform.machine() in ("x86_64", "AMD64")
BUILDS: dict[str, tuple[str, ...]] = {
    "v2-O0": ("-O0", "-march=x86-64-v2"),
    "v2-O3": ("-O3", "-march=x86-64-v2"),
    "v3-O3": ("-O3", "-march=x86-64-v3"),
    "v4-O3": ("-O3", "-march=x86-64-v4"),
}
# Elsewhere there are no levels to choose from, and one build stands for the baseline.
BASELINE = "v2-O3" if ON_X86 else "native-O3"
if not ON_X86:
    BUILDS = {"native-O0": ("-O0",), "native-O3": ("-O3",)}
OTHERS = [name for name in BUILDS if name != BASELINE]
# The CPU flags, as Linux names them, that tell the levels apart.
LEVEL_FLAGS = {
    "na": set(),
    "v2": {"sse4_2", "popcnt"},
    "v3": {"avx2", "bmi2", "fma"},
    "v4": {"avx512f", "avx512dq", "avx512vl", "avx512bw"},
}
RANDOM_COUNT = 200_000
ACCURACY_COUNT = 2_500
LARGEST = sys.float_info.max
SMALLEST_NORMAL = sys.float_info.min
SUBNORMAL_UNIT = 5e-324
OVERFLOW = mpf(2) ** 1024 - mpf(2) ** 970

COMPILER = shutil.which("g++")
pytestmark = pytest.mark.skipif(COMPILER is None, reason="the math driver needs g++")


@dataclass(frozen=True)
class Function:
    """A function under test: its reference, the bound of its error, and where to look."""

    arguments: int
    reference: Callable[..., mpf]
    ulp: float
    # Intervals of the random arguments of the accuracy test, one list per argument.
    ranges: tuple[tuple[tuple[float, float], ...], ...]


def _log_base(x: mpf, base: mpf) -> mpf:
    if x <= 0 or base <= 0:
        raise ValueError
    return mpmath.log(x) / mpmath.log(base)


def _sigmoid(x: mpf) -> mpf:
    return 1 / (1 + mpmath.exp(-x))


def _cbrt(x: mpf) -> mpf:
    return mpmath.sign(x) * mpmath.cbrt(abs(x))


POSITIVE = ((SUBNORMAL_UNIT, SMALLEST_NORMAL), (1e-300, 1e300), (0.5, 2.0), (0.99, 1.01), (1, 1e6))
EVERYWHERE = ((-LARGEST, LARGEST), (-10.0, 10.0), (-1.0, 1.0), (-1e-3, 1e-3))
ANGLES = ((-0.8, 0.8), (-10.0, 10.0), (-1e6, 1e6), (-1e9, 1e9), (1e15, 1e22), (-LARGEST, LARGEST))
UNIT = ((-1.0, 1.0), (-1e-3, 1e-3), (0.45, 0.55), (0.99, 1.0), (-1.0, -0.999999))

FUNCTIONS = {
    "exp": Function(1, mpmath.exp, 1.0, (((-745.0, 709.7), (-1.0, 1.0), (-1e-5, 1e-5)),)),
    "exp2": Function(1, lambda x: mpf(2) ** x, 1.0, (((-1074.0, 1023.9), (-2.0, 2.0)),)),
    "expm1": Function(1, mpmath.expm1, 1.0, (((-50.0, 709.7), (-2.0, 2.0), (-1e-5, 1e-5)),)),
    "log": Function(1, mpmath.log, 1.0, (POSITIVE,)),
    "log1p": Function(1, mpmath.log1p, 1.0, ((*POSITIVE, (-0.999999, 1.0), (-0.1, 0.1)),)),
    "log2": Function(1, lambda x: mpmath.log(x, 2), 1.0, (POSITIVE,)),
    "log10": Function(1, mpmath.log10, 1.0, (POSITIVE,)),
    "sigmoid": Function(1, _sigmoid, 1.0, (((-745.0, 800.0), (-5.0, 5.0), (-40.0, 40.0)),)),
    "sin": Function(1, mpmath.sin, 1.0, (ANGLES,)),
    "cos": Function(1, mpmath.cos, 1.0, (ANGLES,)),
    "tan": Function(1, mpmath.tan, 1.0, (ANGLES,)),
    "asin": Function(1, mpmath.asin, 1.0, (UNIT,)),
    "acos": Function(1, mpmath.acos, 1.0, (UNIT,)),
    "atan": Function(1, mpmath.atan, 1.0, ((*EVERYWHERE, (0.4, 0.6), (1.9, 2.1)),)),
    "sinh": Function(1, mpmath.sinh, 1.0, (((-710.4, 710.4), (-2.0, 2.0), (-1e-3, 1e-3)),)),
    "cosh": Function(1, mpmath.cosh, 1.0, (((-710.4, 710.4), (-2.0, 2.0)),)),
    "tanh": Function(1, mpmath.tanh, 1.0, (((-25.0, 25.0), (-2.0, 2.0), (-1e-3, 1e-3)),)),
    "cbrt": Function(1, _cbrt, 1.0, ((*EVERYWHERE, *POSITIVE),)),
    "sqrt": Function(1, mpmath.sqrt, 0.5, (POSITIVE,)),
    "erf": Function(1, mpmath.erf, 1.0, (((-6.5, 6.5), (-1.0, 1.0), (-1e-3, 1e-3)),)),
    "pow": Function(
        2,
        lambda x, y: mpf(x) ** y,
        1.0,
        (
            ((1e-10, 1e10), (0.5, 2.0), (0.999, 1.001), (1e-300, 1e300)),
            ((-30.0, 30.0), (-700.0, 700.0)),
        ),
    ),
    "atan2": Function(2, mpmath.atan2, 1.0, (EVERYWHERE, EVERYWHERE)),
    "hypot": Function(2, mpmath.hypot, 1.0, (EVERYWHERE, EVERYWHERE)),
    "log_base": Function(2, _log_base, 1.0, (POSITIVE, POSITIVE)),
}
ROUNDINGS: dict[str, Callable[[float], float]] = {
    "floor": lambda x: float(math.floor(x)),
    "ceil": lambda x: float(math.ceil(x)),
    "trunc": lambda x: float(math.trunc(x)),
    "round_half_even": lambda x: float(round(x)),
    "round_half_away": lambda x: math.copysign(math.floor(Fraction(abs(x)) + Fraction(1, 2)), x),
}
ARGUMENT_COUNTS = {
    name: function.arguments for name, function in FUNCTIONS.items()
} | dict.fromkeys((*ROUNDINGS, "one_sin", "one_cos", "one_tan"), 1)


def _spread(generator: random.Random, low: float, high: float) -> float:
    """Draw from an interval: uniformly, or by exponent where it spans many powers of two."""
    if high - low < 1e6 and high - low > 1e-300:
        return generator.uniform(low, high)
    size = max(abs(low), abs(high))
    smallest = low if low > 0 else 1e-300
    exponent = generator.uniform(math.log2(smallest), math.log2(size))
    value = math.ldexp(generator.uniform(1.0, 2.0), math.floor(exponent) - 1) * 2.0
    value = min(max(value, smallest), size)
    return -value if low < 0 and generator.random() < 0.5 else value


@functools.cache
def _edges() -> list[float]:
    """Return the finite values at which elementary functions tend to break, of both signs."""
    sizes = [
        0.0,
        SUBNORMAL_UNIT,
        2e-320,
        SMALLEST_NORMAL,
        LARGEST,
        1e-300,
        1e300,
        0.5,
        1.0,
        2.0,
        3.0,
    ]
    sizes += [math.ldexp(1.0, exponent) for exponent in range(-1074, 1024, 13)]
    sizes += (
        [float(10**k) for k in range(23)]
        + [k + 0.5 for k in range(8)]
        + [float(k**3) for k in range(20)]
    )
    sizes += [
        709.782712893384,
        709.7827128933841,
        745.13321910194,
        745.1332191019412,
        710.4758600739439,
    ]
    sizes += [
        0.34657359027997264,
        19.06154746539849,
        36.7368005696771,
        5.921587195794508,
        8.0,
        1647000.0,
    ]
    sizes += [k * math.pi / 4 for k in range(1, 40)] + [
        k * math.pi / 2 for k in (1000, 12345, 1048500, 1048577)
    ]
    # The double closest to a multiple of pi/2 of all (Kahan), and others that are close for their
    # size.
    sizes += [
        6381956970095103.0 * 2.0**797,
        5.319372648326541e255,
        1e22,
        411557987.0,
        1048576.5,
        4503599627370497.5,
    ]
    around = [math.nextafter(x, towards) for x in sizes for towards in (0.0, math.inf)]
    everything = [x for x in sizes + around if math.isfinite(x)]
    return everything + [-x for x in everything]


def _accuracy_arguments(name: str) -> list[tuple[float, ...]]:
    function = FUNCTIONS[name]
    generator = random.Random(f"accuracy of {name}")
    rows = [
        tuple(_spread(generator, *generator.choice(ranges)) for ranges in function.ranges)
        for _ in range(ACCURACY_COUNT)
    ]
    if name == "pow":
        # A large |y * log x| magnifies an error of the logarithm most.
        for _ in range(1000):
            x = generator.choice((generator.uniform(0.7, 1.42), generator.uniform(0.999, 1.001)))
            rows.append((x, generator.uniform(-1020.0, 1020.0) / (math.log2(x) or 1.0)))
    edges = _edges()
    if function.arguments == 1:
        return rows + [(x,) for x in edges]
    picked = [(generator.choice(edges), generator.choice(edges)) for _ in range(1000)]
    small = [0.0, 1.0, 2.0, 3.0, 0.5, 10.0, -1.0, -2.0, -0.5, 100.0]
    return rows + picked + [(x, y) for x in small for y in small]


@functools.cache
def _hostile_arguments(name: str) -> array[float]:
    """Return the argument columns one after another: any bit pattern, also NaN and infinity."""
    generator = random.Random(f"bits of {name}")
    count = ARGUMENT_COUNTS[name]
    columns = array("d")
    for _ in range(count):
        patterns = array("d", generator.randbytes(8 * (RANDOM_COUNT // 4)))
        edges = _edges()
        special = [math.inf, -math.inf, math.nan, -math.nan]
        body = [generator.gauss(0.0, 1.0) for _ in range(RANDOM_COUNT // 4)]
        body += [generator.uniform(-800.0, 800.0) for _ in range(RANDOM_COUNT // 4)]
        body += [
            math.ldexp(generator.uniform(-1.0, 1.0), generator.randrange(-40, 41))
            for _ in range(RANDOM_COUNT // 4)
        ]
        body += generator.choices(edges + special, k=3001)
        mixed = patterns + array("d", body)
        columns.extend(mixed)
    return columns


def _cpu_flags() -> set[str]:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return set()
    line = next((line for line in text.splitlines() if line.startswith("flags")), "")
    return set(line.partition(":")[2].split())


@dataclass(frozen=True)
class Drivers:
    """The compiled drivers by the name of the build, and what the vectoriser of GCC said."""

    paths: dict[str, Path]
    remarks: dict[str, str]


@pytest.fixture(scope="session")
def drivers(tmp_path_factory: pytest.TempPathFactory) -> Drivers:
    """Compile the driver once per build that this CPU can run."""
    folder = tmp_path_factory.mktemp("math")
    flags = _cpu_flags()
    wanted = {name: options for name, options in BUILDS.items() if LEVEL_FLAGS[name[:2]] <= flags}

    def compile_one(item: tuple[str, tuple[str, ...]]) -> tuple[str, Path, str]:
        name, options = item
        output = folder / f"math_driver-{name}"
        command = [str(COMPILER), "-std=c++20", *options, "-ffp-contract=off", "-fno-math-errno"]
        command += ["-Wall", "-Wextra", "-Werror", "-fopt-info-vec-optimized"]
        command += [f"-I{INCLUDE}", str(DRIVER), "-o", str(output)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return name, output, done.stderr

    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(compile_one, wanted.items()))
    return Drivers(
        {name: path for name, path, _ in results}, {name: remarks for name, _, remarks in results}
    )


def _run(driver: Path, name: str, columns: array[float]) -> array[float]:
    done = subprocess.run(
        [str(driver), name], input=columns.tobytes(), capture_output=True, check=True, timeout=60
    )
    return array("d", done.stdout)


def _call(driver: Path, name: str, rows: Sequence[tuple[float, ...]]) -> array[float]:
    columns = array("d", [value for column in zip(*rows, strict=True) for value in column])
    result = _run(driver, name, columns)
    assert len(result) == len(rows)
    return result


@pytest.fixture(scope="session")
def baseline(drivers: Drivers) -> Path:
    if BASELINE not in drivers.paths:
        pytest.skip("this CPU is below x86-64-v2")
    return drivers.paths[BASELINE]


def _skip_unless_built(drivers: Drivers, level: str) -> None:
    if level not in drivers.paths:
        missing = sorted(LEVEL_FLAGS[level[:2]] - _cpu_flags())
        pytest.skip(f"this CPU lacks {', '.join(missing)}, which x86-64-{level[:2]} needs")


@functools.cache
def _hostile_results(driver: Path, name: str) -> bytes:
    return _canonical(_run(driver, name, _hostile_arguments(name)))


def _canonical(values: array[float]) -> bytes:
    """Return the bits with every NaN made the same: its payload is not part of the result."""
    return array("d", [x if x == x else math.nan for x in values]).tobytes()


@pytest.mark.parametrize("level", OTHERS)
def test_every_level_gives_the_same_bits(drivers: Drivers, baseline: Path, level: str) -> None:
    _skip_unless_built(drivers, level)
    for name, count in ARGUMENT_COUNTS.items():
        expected = _hostile_results(baseline, name)
        found = _canonical(_run(drivers.paths[level], name, _hostile_arguments(name)))
        assert len(found) * count == 8 * len(_hostile_arguments(name))
        assert found == expected, f"{name} differs between {BASELINE} and {level}"


def _portable_arguments(name: str) -> array[float]:
    """Return arguments that no C library has a part in: bit patterns and scaled random integers."""
    generator = random.Random(f"digest of {name}")
    columns = array("d")
    for _ in range(ARGUMENT_COUNTS[name]):
        columns.extend(array("d", generator.randbytes(8 * 2000)))
        for scale in (1.0, 8.0, 50.0, 1000.0):
            columns.extend(generator.uniform(-scale, scale) for _ in range(2000))
    if sys.byteorder == "big":
        pytest.skip("the bit patterns are little-endian")
    return columns


def test_bits_are_the_recorded_ones(baseline: Path) -> None:
    """Compare with digests from another machine, so that a new CPU or compiler cannot drift unseen.

    A deliberate change of a result is a change of every trained model's input: then, and only then,
    record the digests again with the dictionary that the failure prints.
    """
    found = {
        name: hashlib.sha256(
            _canonical(_run(baseline, name, _portable_arguments(name)))
        ).hexdigest()[:16]
        for name in ARGUMENT_COUNTS
    }
    assert found == json.loads(DIGESTS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("level", [name for name in BUILDS if name.endswith("O3") and ON_X86])
def test_every_loop_is_vectorised(drivers: Drivers, level: str) -> None:
    _skip_unless_built(drivers, level)
    if not drivers.remarks[level]:
        pytest.skip("this compiler is not GCC and gives no remarks")
    lines = DRIVER.read_text(encoding="utf-8").splitlines()
    loops = {i: line for i, line in enumerate(lines, 1) if re.match(r"(UNARY|BINARY)\(\w+\)", line)}
    pattern = rf"{DRIVER.name}:(\d+):\d+: optimized: loop vectorized"
    vectorised = {int(number) for number in re.findall(pattern, drivers.remarks[level])}
    assert len(loops) > 20
    assert [line for i, line in loops.items() if i not in vectorised] == []
    # The loop over moderate angles, once for each of the three functions of an angle.
    header = (INCLUDE / "feature_extractor" / "math" / "trigonometry.h").read_text(encoding="utf-8")
    angle_line = 1 + header[: header.index("reduce_moderate_angle(x[i])")].count("\n")
    near = rf"trigonometry\.h:(?:{angle_line - 1}|{angle_line}):\d+: optimized: loop vectorized"
    assert len(re.findall(near, drivers.remarks[level])) >= 3


def test_no_function_of_the_c_library_is_called(baseline: Path) -> None:
    tool = shutil.which("nm")
    if tool is None:
        pytest.skip("listing the imported symbols needs nm")
    done = subprocess.run([tool, "-u", str(baseline)], capture_output=True, text=True, check=True)
    imported = {line.split()[-1].partition("@")[0] for line in done.stdout.splitlines()}
    names = {name.removeprefix("one_") for name in ARGUMENT_COUNTS} | {
        "rint",
        "nearbyint",
        "fma",
        "round",
    }
    assert "fread" in imported
    assert {
        symbol for symbol in imported if symbol.rstrip("fl") in names or symbol in names
    } == set()


def test_one_angle_and_many_angles_agree(baseline: Path) -> None:
    for name in ("sin", "cos", "tan"):
        columns = _hostile_arguments(name)
        assert _canonical(_run(baseline, name, columns)) == _canonical(
            _run(baseline, f"one_{name}", columns)
        )


def _ulp(value: mpf) -> mpf:
    """Return the distance between neighbouring doubles at a value that a double can approach."""
    if abs(value) < SMALLEST_NORMAL:
        return mpf(SUBNORMAL_UNIT)
    return mpf(2) ** (int(mpmath.floor(mpmath.log(abs(value), 2))) - 52)


def _expected(function: Function, arguments: tuple[float, ...]) -> mpf | None:
    """Return the exact value, or None where it does not exist, is not real or overflows."""
    with mp.workprec(1200 if max(map(abs, arguments)) > 1e9 else 200):
        try:
            value = function.reference(*(mpf(x) for x in arguments))
        except (ValueError, ZeroDivisionError, OverflowError):
            return None
        if not isinstance(value, mpf) or not mpmath.isfinite(value):
            return None
        return +value


def _cheap(name: str, arguments: tuple[float, ...]) -> bool:
    """Say whether mpmath can compute the reference: it cannot represent exp(exp(700))."""
    if name in ("exp", "exp2", "expm1", "sinh", "cosh", "sigmoid", "tanh", "erf"):
        return abs(arguments[0]) <= 2000
    if name == "atan2":
        # mpmath has no negative zero; atan2 of zeros has a test of its own.
        return 0.0 not in arguments
    if name == "pow":
        x, y = arguments
        return x != 0 and abs(y) * abs(math.log2(abs(x))) < 1e4
    return True


def _error(name: str, arguments: tuple[float, ...], found: float) -> float:
    """Return the error in units in the last place; infinite when only one of the two exists."""
    expected = _expected(FUNCTIONS[name], arguments)
    if expected is None:
        return math.inf if math.isfinite(found) else 0.0
    # Overflow starts half an ulp above the largest double; next to it either outcome is within the
    # bound.
    if abs(expected) >= OVERFLOW or not math.isfinite(found):
        near = abs(abs(expected) / mpf(LARGEST) - 1) <= mpf(2) ** -51
        return 0.0 if near or (abs(expected) >= OVERFLOW and not math.isfinite(found)) else math.inf
    if expected == 0:
        return 0.0 if found == 0 else math.inf
    return float(abs(mpf(found) - expected) / _ulp(expected))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_error_is_bounded(baseline: Path, name: str) -> None:
    rows = [row for row in _accuracy_arguments(name) if _cheap(name, row)]
    results = _call(baseline, name, rows)
    errors = [_error(name, row, found) for row, found in zip(rows, results, strict=True)]
    worst = max(range(len(rows)), key=errors.__getitem__)
    print(f"{name}: {errors[worst]:.3f} ulp at {[x.hex() for x in rows[worst]]} of {len(rows)}")
    assert errors[worst] <= FUNCTIONS[name].ulp, f"{name}{rows[worst]} gives {results[worst]!r}"


@pytest.mark.parametrize("name", ROUNDINGS)
def test_rounding_is_exact(baseline: Path, name: str) -> None:
    generator = random.Random(name)
    values = _edges() + [generator.uniform(-100, 100) for _ in range(2000)]
    values += [generator.randrange(-200, 200) / 2 for _ in range(500)]
    values += [
        0.49999999999999994,
        -0.49999999999999994,
        2.0**52 + 1,
        2.0**51 + 0.5,
        -(2.0**51) - 0.5,
    ]
    results = _call(baseline, name, [(x,) for x in values])
    for x, found in zip(values, results, strict=True):
        assert found == ROUNDINGS[name](x), f"{name}({x!r})"
        assert math.copysign(1.0, found) == math.copysign(1.0, x), f"the sign of {name}({x!r})"


def _exact_cases() -> Iterator[tuple[str, tuple[float, ...], float]]:
    yield from (("pow", (2.0, float(n)), math.ldexp(1.0, n)) for n in range(-1074, 1024))
    yield from (
        ("pow", (float(b), float(n)), float(b**n)) for b in range(-12, 13) for n in range(15)
    )
    yield from (("pow", (x, 0.0), 1.0) for x in _edges())
    yield from (("pow", (x, 1.0), x) for x in _edges())
    yield from (("pow", (1.0, x), 1.0) for x in _edges())
    yield from (("pow", (0.0, y), 0.0) for y in (0.5, 1.0, 3.0, 1e300))
    yield from (("exp2", (float(n),), math.ldexp(1.0, n)) for n in range(-1074, 1024))
    yield from (("log2", (math.ldexp(1.0, n),), float(n)) for n in range(-1074, 1024))
    yield from (("log10", (float(10**k),), float(k)) for k in range(23))
    yield from (
        ("log_base", (float(b**n), float(b)), float(n))
        for b in (2, 3, 5, 7, 10, 12)
        for n in range(30)
        if b**n < 2**53
    )
    yield from (("cbrt", (float(k**3),), float(k)) for k in range(-2000, 2001))
    yield from (("hypot", (3.0 * k, 4.0 * k), 5.0 * k) for k in range(100))
    for name in ("exp", "cosh", "cos"):
        yield name, (0.0,), 1.0
    yield "log", (1.0,), 0.0
    yield "sigmoid", (0.0,), 0.5
    yield "acos", (1.0,), 0.0
    yield "atan2", (0.0, 0.0), 0.0
    yield "atan2", (0.0, -1.0), math.pi
    tiny = [0.0, -0.0, SUBNORMAL_UNIT, -SUBNORMAL_UNIT, 3e-310, SMALLEST_NORMAL, -1e-300, 1e-20]
    for name in ("sin", "tan", "asin", "atan", "sinh", "tanh", "expm1", "log1p"):
        yield from ((name, (x,), x) for x in tiny)


def test_exact_results_are_exact(baseline: Path) -> None:
    cases: dict[str, list[tuple[tuple[float, ...], float]]] = {}
    for name, arguments, expected in _exact_cases():
        cases.setdefault(name, []).append((arguments, expected))
    for name, rows in cases.items():
        results = _call(baseline, name, [arguments for arguments, _ in rows])
        for (arguments, expected), found in zip(rows, results, strict=True):
            assert struct.pack("d", found) == struct.pack("d", expected), (
                f"{name}{arguments} is {found!r}"
            )


def test_angle_of_points_on_the_axes(baseline: Path) -> None:
    sizes = [0.0, SUBNORMAL_UNIT, 1e-300, 1.0, 2.0, LARGEST]
    rows = [(y, x) for size in sizes for zero in (0.0, -0.0) for y, x in _axis_points(size, zero)]
    for (y, x), found in zip(rows, _call(baseline, "atan2", rows), strict=True):
        assert struct.pack("d", found) == struct.pack("d", math.atan2(y, x)), f"atan2({y!r}, {x!r})"


def _axis_points(size: float, zero: float) -> list[tuple[float, float]]:
    return [(zero, size), (zero, -size), (size, zero), (-size, zero)]


def test_odd_and_even_symmetry(baseline: Path) -> None:
    generator = random.Random("symmetry")
    values = [abs(x) for x in _edges()] + [10 ** generator.uniform(-10, 10) for _ in range(2000)]
    for name in ("sin", "tan", "asin", "atan", "sinh", "tanh", "cbrt", "erf", "cos", "cosh"):
        sign = 1.0 if name in ("cos", "cosh") else -1.0
        positive = _call(baseline, name, [(x,) for x in values])
        negative = _call(baseline, name, [(-x,) for x in values])
        expected = array("d", [sign * x for x in positive])
        assert _canonical(negative) == _canonical(expected), name


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        *[
            (name, (x,))
            for name in ("log", "log2", "log10")
            for x in (0.0, -0.0, -1.0, -SUBNORMAL_UNIT)
        ],
        ("log1p", (-1.0,)),
        ("log1p", (-2.0,)),
        ("log1p", (-LARGEST,)),
        *[(name, (710.5,)) for name in ("exp", "expm1", "sinh", "cosh")],
        *[(name, (LARGEST,)) for name in ("exp", "expm1", "sinh", "cosh", "exp2")],
        ("sinh", (-710.5,)),
        ("exp2", (1024.0,)),
        ("sqrt", (-1.0,)),
        ("asin", (1.0000000000000002,)),
        ("acos", (-1.0000000000000002,)),
        ("acos", (LARGEST,)),
        ("pow", (-8.0, 1 / 3)),
        ("pow", (0.0, -1.0)),
        ("pow", (-0.0, -2.5)),
        ("pow", (10.0, 309.0)),
        ("pow", (-10.0, 309.0)),
        ("pow", (LARGEST, LARGEST)),
        ("pow", (0.5, -LARGEST)),
        ("hypot", (LARGEST, LARGEST)),
        ("log_base", (8.0, 1.0)),
        ("log_base", (1.0, 1.0)),
        ("log_base", (8.0, 0.0)),
        ("log_base", (8.0, -2.0)),
        ("log_base", (0.0, 2.0)),
        ("log_base", (-1.0, 2.0)),
    ],
)
def test_missing_result_is_not_finite(
    baseline: Path, name: str, arguments: tuple[float, ...]
) -> None:
    # One vector's worth of copies, so that the vectorised loop answers and not only its remainder.
    assert not any(math.isfinite(x) for x in _call(baseline, name, [arguments] * 9))


def test_constants_come_from_the_fitting_script() -> None:
    script = ROOT / "cpp" / "tools" / "fit_math_coefficients.py"
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=True, timeout=120
    )
    folder = INCLUDE / "feature_extractor" / "math"
    headers = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.h")))
    printed = [line.strip() for line in done.stdout.splitlines() if line.startswith(" ")]
    assert len(printed) > 100
    missing = [number for number in printed if number.lstrip("-") not in headers]
    assert missing == []
    # The other way round: a literal that is not a short power-of-two multiple has to be printed by
    # the script.
    literals = re.findall(r"0x1\.[0-9a-f]{6,}p[+-]\d+|0x[0-9a-f]{16}(?=u)", headers)
    masks = {"0x000fffffffffffff", "0x0010000000000000", "0x001fffffffffffff", "0x4330000000000000"}
    masks |= {"0x8000000000000000", "0xfff0000000000000", "0xfffffffff8000000"}
    unknown = set(literals) - {number.lstrip("-") for number in printed} - masks
    assert unknown == set()
