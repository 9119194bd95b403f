"""Compute every constant of ``feature_extractor/math/*.h`` and print it.

The headers carry the numbers as hexadecimal literals, so that a compiler cannot round them
differently; this script is where they come from. Polynomials are weighted minimax fits by the
exchange algorithm of Remez (1934) on a dense grid, done with mpmath in 80 digits and rounded to
double at the end. Constants that the headers need in more than 53 bits are split into parts whose
bit count is stated.

Run ``python cpp/tools/fit_math_coefficients.py`` to print the constants. A test reads the same
output and checks that each of them stands in the headers.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence

import mpmath
from mpmath import mp, mpf

Function = Callable[[mpf], mpf]

mp.dps = 80


def remez(
    function: Function, weight: Function, low: mpf, high: mpf, degree: int, points: int = 600
) -> tuple[list[mpf], mpf]:
    """Return the coefficients (constant term first) that minimise the largest |weight * error|.

    The second result is that largest weighted error. The grid is denser at both ends, where the
    extrema of the error of a minimax polynomial crowd.
    """
    grid = [
        (low + high) / 2 - (high - low) / 2 * mpmath.cos(mpmath.pi * i / (points - 1))
        for i in range(points)
    ]
    wanted = [function(x) for x in grid]
    weights = [weight(x) for x in grid]
    count = degree + 2
    reference = [round(i * (points - 1) / (count - 1)) for i in range(count)]
    coefficients: list[mpf] = []
    largest = mpf(0)
    for _ in range(12):
        matrix = mpmath.matrix(count, count)
        right = mpmath.matrix(count, 1)
        for row, index in enumerate(reference):
            for power in range(degree + 1):
                matrix[row, power] = grid[index] ** power
            matrix[row, degree + 1] = (-1) ** row / weights[index]
            right[row] = wanted[index]
        solution = mpmath.lu_solve(matrix, right)
        coefficients = [solution[power] for power in range(degree + 1)]
        errors = [
            w * (f - mpmath.polyval(coefficients[::-1], x))
            for x, f, w in zip(grid, wanted, weights, strict=True)
        ]
        largest = max(abs(error) for error in errors)
        extrema: list[int] = []
        for index, error in enumerate(errors):
            if extrema and (errors[extrema[-1]] < 0) == (error < 0):
                if abs(error) > abs(errors[extrema[-1]]):
                    extrema[-1] = index
            else:
                extrema.append(index)
        while len(extrema) > count:
            extrema.pop(0 if abs(errors[extrema[0]]) < abs(errors[extrema[-1]]) else -1)
        if len(extrema) < count or extrema == reference:
            break
        reference = extrema
    return coefficients, largest


def split(value: mpf, bits: Sequence[int]) -> list[float]:
    """Cut ``value`` into parts of the given numbers of significant bits; the last one gets 53."""
    parts: list[float] = []
    rest = value
    for count in bits:
        exponent = int(mpmath.floor(mpmath.log(abs(rest), 2)))
        unit = mpf(2) ** (exponent - count + 1)
        part = float(mpmath.nint(rest / unit) * unit)
        parts.append(part)
        rest -= mpf(part)
    parts.append(float(rest))
    return parts


def at_least(x: mpf) -> mpf:
    """Keep an argument away from a removable singularity by less than any fit can notice."""
    tiny = mpf(10) ** -12
    return x if abs(x) > tiny else tiny


def polynomials() -> Iterator[tuple[str, list[mpf], mpf]]:
    """Yield the name, the coefficients and the largest weighted error of each polynomial."""

    def mp_one(x: mpf) -> mpf:
        return mpf(1)

    half_ln2 = mpmath.log(2) / 2 * mpf("1.0001")
    quarter_pi = mpmath.pi / 4 * mpf("1.0001")

    def exponential(x: mpf) -> mpf:
        r = at_least(x)
        return (mpmath.expm1(r) - r - r * r / 2) / r**3

    yield (
        "exponential",
        *remez(exponential, lambda x: abs(at_least(x)) ** 3, -half_ln2, half_ln2, 9),
    )

    def hyperbolic_sine(z: mpf) -> mpf:
        r = mpmath.sqrt(at_least(z))
        return (mpmath.sinh(r) - r) / r**3

    yield (
        "hyperbolic_sine",
        *remez(hyperbolic_sine, lambda z: at_least(z), mpf(0), half_ln2**2, 4),
    )

    def hyperbolic_cosine(z: mpf) -> mpf:
        r = mpmath.sqrt(at_least(z))
        return (mpmath.cosh(r) - 1 - r * r / 2) / r**4

    yield (
        "hyperbolic_cosine",
        *remez(hyperbolic_cosine, lambda z: at_least(z) ** 2, mpf(0), half_ln2**2, 4),
    )

    largest_s = (mpmath.sqrt(2) - 1) / (mpmath.sqrt(2) + 1) * mpf("1.0001")

    def logarithm(z: mpf) -> mpf:
        s = mpmath.sqrt(at_least(z))
        return (2 * mpmath.atanh(s) - 2 * s) / s**3

    yield ("logarithm", *remez(logarithm, lambda z: at_least(z), mpf(0), largest_s**2, 6))

    def extended_logarithm(z: mpf) -> mpf:
        s = mpmath.sqrt(at_least(z))
        return 3 * (mpmath.atanh(s) - s - s**3 / 3) / s**5

    yield (
        "extended_logarithm",
        *remez(extended_logarithm, lambda z: at_least(z) ** 2, mpf(0), largest_s**2, 7),
    )

    def sine(z: mpf) -> mpf:
        r = mpmath.sqrt(at_least(z))
        return (mpmath.sin(r) - r) / r**3

    yield ("sine", *remez(sine, lambda z: at_least(z), mpf(0), quarter_pi**2, 5))

    def cosine(z: mpf) -> mpf:
        r = mpmath.sqrt(at_least(z))
        return (mpmath.cos(r) - 1 + r * r / 2) / r**4

    yield ("cosine", *remez(cosine, lambda z: at_least(z) ** 2, mpf(0), quarter_pi**2, 5))

    def arc_tangent(z: mpf) -> mpf:
        u = mpmath.sqrt(at_least(z))
        return (mpmath.atan(u) - u) / u**3

    yield ("arc_tangent", *remez(arc_tangent, lambda z: at_least(z), mpf(0), mpf("0.2501"), 12))

    def arc_sine(z: mpf) -> mpf:
        u = mpmath.sqrt(at_least(z))
        return (mpmath.asin(u) - u) / u**3

    yield ("arc_sine", *remez(arc_sine, lambda z: at_least(z), mpf(0), mpf("0.2501"), 12))

    _, low, high = cube_root_bias()
    yield (
        "inverse_cube_root",
        *remez(
            lambda r: r ** (-mpf(1) / 3), mp_one, mpf(low) - mpf("1e-5"), mpf(high) + mpf("1e-5"), 4
        ),
    )

    def error_exponent(x: mpf) -> mpf:
        x = at_least(x)
        return (-mpmath.log(mpmath.erfc(x)) - 2 / mpmath.sqrt(mpmath.pi) * x) / x**2

    def error_weight(x: mpf) -> mpf:
        x = at_least(x)
        return mpmath.erfc(x) / mpmath.erf(x) * x * x

    yield ("error_exponent", *remez(error_exponent, error_weight, mpf(0), mpf(6), 24))


def constants() -> Iterator[tuple[str, list[float]]]:
    """Yield the name and the parts of each split constant, most significant part first."""
    ln2 = mpmath.log(2)
    yield "ln2_split_42", split(ln2, [42])
    yield "ln2_split_26", split(ln2, [26])
    yield "log2_e", [float(1 / ln2)]
    yield "two_thirds_log2_e_split_26", split(2 / (3 * ln2), [26])
    yield "log10_2_split_42", split(mpmath.log10(2), [42])
    yield "log10_e_split_26", split(mpmath.log10(mpmath.e), [26])
    yield "log2_e_split_26", split(1 / ln2, [26])
    yield "two_over_pi", [float(2 / mpmath.pi)]
    yield "half_pi_split_33_33_33", split(mpmath.pi / 2, [33, 33, 33])
    yield "half_pi_split_53", split(mpmath.pi / 2, [53])
    yield "two_over_sqrt_pi_split_26", split(2 / mpmath.sqrt(mpmath.pi), [26])
    yield "ln2", [float(ln2)]
    yield "two_thirds_log2_e", [float(2 / (3 * ln2))]
    yield "log10_e", [float(mpmath.log10(mpmath.e))]
    yield "two_over_sqrt_pi", [float(2 / mpmath.sqrt(mpmath.pi))]
    yield "one_third", [1 / 3]
    yield "square_root_of_half", [float(mpmath.sqrt(mpf("0.5")))]


def scaled_complementary_error(degree: int = 24) -> list[mpf]:
    """Return the polynomial of (1 + 2x) exp(x^2) erfc(x) in t = (x - 3.75) / (x + 3.75), constant term first.

    It goes through the values at Chebyshev's nodes, all of them inside of the interval: t = 1 stands for infinity.
    """
    count = degree + 1
    nodes = [mpmath.cos(mpmath.pi * (2 * k + 1) / (2 * count)) for k in range(count)]
    matrix, right = mpmath.matrix(count, count), mpmath.matrix(count, 1)
    for row, t in enumerate(nodes):
        x = mpf("3.75") * (1 + t) / (1 - t)
        for power in range(count):
            matrix[row, power] = t**power
        right[row] = (1 + 2 * x) * mpmath.exp(x * x) * mpmath.erfc(x)
    solution = mpmath.lu_solve(matrix, right)
    return [solution[power] for power in range(count)]


def two_over_pi_words() -> list[int]:
    """Return 2/pi as 64-bit words of its binary fraction, enough for the largest double."""
    with mp.workprec(1400):
        fraction = int(mpmath.floor(2 / mpmath.pi * mpf(2) ** 1280))
    return [(fraction >> (64 * (19 - i))) & (2**64 - 1) for i in range(20)]


def cube_root_bias() -> tuple[int, float, float]:
    """Return the bias of the first guess of the cube root, and the range of guess^3 / x.

    The guess has the upper 32 bits upper(x) / 3 + bias. The best bias balances both ends of the
    range.
    """
    arguments = [2.0 ** (3 * i / 3000) for i in range(3000)]
    uppers = [struct.unpack("<Q", struct.pack("<d", x))[0] >> 32 for x in arguments]

    def ratios(bias: int) -> tuple[float, float]:
        guesses = [
            struct.unpack("<d", struct.pack("<Q", (upper // 3 + bias) << 32))[0] for upper in uppers
        ]
        found = [guess**3 / x for guess, x in zip(guesses, arguments, strict=True)]
        return min(found), max(found)

    low, high = int(0.6 * 1023 * 2**20), int(0.7 * 1023 * 2**20)
    while high - low > 1:
        middle = (low + high) // 2
        smallest, largest = ratios(middle)
        if smallest * largest < 1:
            low = middle
        else:
            high = middle
    return low, *ratios(low)


def main() -> None:
    for name, coefficients, largest in polynomials():
        size = f"{mpmath.nstr(largest, 4)} = 2^{mpmath.nstr(mpmath.log(largest, 2), 4)}"
        print(f"{name}  # largest weighted error {size}")
        for coefficient in coefficients:
            print(f"    {float(coefficient).hex()}")
    print("scaled_complementary_error")
    for coefficient in scaled_complementary_error():
        print(f"    {float(coefficient).hex()}")
    for name, parts in constants():
        print(name)
        for part in parts:
            print(f"    {part.hex()}")
    bias, smallest, greatest = cube_root_bias()
    print(f"cube_root_bias  # guess^3 / x lies in [{smallest:.6f}, {greatest:.6f}]")
    print(f"    {bias}")
    print("square_root_of_half_bits")
    print(f"    0x{struct.unpack('<Q', struct.pack('<d', float(mpmath.sqrt(mpf('0.5')))))[0]:016x}")
    print("two_over_pi_words")
    for word in two_over_pi_words():
        print(f"    0x{word:016x}")


if __name__ == "__main__":
    main()
