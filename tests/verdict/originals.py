"""Functions to make mistakes in: unlike each other, and unlike the kernels of this project.

Each is written as people write NumPy, loops included, and has inputs on which it does something.
Sizes are small, for hundreds of mistakes are made in them.
"""

import math
from collections.abc import Callable

import numpy as np

Maker = Callable[[np.random.Generator], tuple]
ORIGINALS: dict[Callable, Maker] = {}


def on(inputs: Maker) -> Callable[[Callable], Callable]:
    """The inputs that an original is called with."""

    def register(function: Callable) -> Callable:
        ORIGINALS[function] = inputs
        return function

    return register


def ties(rng: np.random.Generator, *shape: int, top: int = 4) -> np.ndarray:
    """Quarters, with many that are the same: a boundary is met now and then."""
    return rng.integers(-4 * top, 4 * top + 1, shape) / 4


# Signals and series


@on(lambda rng: (rng.normal(size=80), 5))
def moving_average(x, width):
    padded = np.concatenate([np.full(width // 2, x[0]), x, np.full(width // 2, x[-1])])
    total = np.cumsum(np.concatenate([[0.0], padded]))
    return (total[width:] - total[:-width]) / width


@on(lambda rng: (rng.normal(size=70), 0.25))
def exponential_smoothing(x, alpha):
    level = np.zeros_like(x)
    level[0] = x[0]
    for t in range(1, len(x)):
        level[t] = alpha * x[t] + (1 - alpha) * level[t - 1]
    return level


@on(lambda rng: (rng.normal(size=60), np.array([0.2, 0.4, 0.2]), np.array([1.25, -0.5, 0.25])))
def recursive_filter(x, b, a):
    y = np.zeros(len(x))
    for n in range(len(x)):
        for k in range(len(b)):
            if n - k >= 0:
                y[n] += b[k] * x[n - k]
        for k in range(1, len(a)):
            if n - k >= 0:
                y[n] -= a[k] * y[n - k]
        y[n] /= a[0]
    return y


@on(lambda rng: (rng.normal(size=48), 12))
def autocorrelation(x, lags):
    centred = x - x.mean()
    result = np.zeros(lags)
    for lag in range(lags):
        result[lag] = np.dot(centred[: len(x) - lag], centred[lag:])
    return result / result[0]


@on(lambda rng: (rng.normal(size=40),))
def discrete_cosine(x):
    n = len(x)
    k = np.arange(n)
    table = np.cos(np.pi / n * (k[None, :] + 0.5) * k[:, None])
    scale = np.where(k == 0, math.sqrt(1 / n), math.sqrt(2 / n))
    return scale * (table @ x)


@on(lambda rng: (rng.normal(size=64),))
def haar_wavelet(x):
    details = []
    while len(x) > 1:
        details.append((x[0::2] - x[1::2]) / math.sqrt(2.0))
        x = (x[0::2] + x[1::2]) / math.sqrt(2.0)
    return np.concatenate([x, *details[::-1]])


@on(lambda rng: (np.concatenate([[0, 1, 0, 0], ties(rng, 400, top=1), [0, 0, 1, 0]]), 0.25, 3))
def peaks(x, height, apart):
    found: list[int] = []
    for i in range(1, len(x) - 1):
        if x[i] > x[i - 1] and x[i] >= x[i + 1] and x[i] > height:
            if not found or i - found[-1] >= apart:
                found.append(i)
            elif x[i] > x[found[-1]]:
                found[-1] = i
    return np.array(found)


@on(lambda rng: (ties(rng, 100),))
def zero_crossing_rate(x):
    signs = np.where(x >= 0, 1, -1)
    crossed = np.abs(np.diff(signs)) > 0
    return crossed.mean(), np.flatnonzero(crossed)


@on(lambda rng: (rng.normal(size=96), 16, 8))
def spectrogram(x, window, hop):
    taper = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / (window - 1))
    frames = 1 + (len(x) - window) // hop
    power = np.zeros((frames, window // 2 + 1))
    for i in range(frames):
        piece = x[i * hop : i * hop + window] * taper
        power[i] = np.abs(np.fft.rfft(piece)) ** 2
    return power / (taper**2).sum()


@on(lambda rng: (np.cumsum(rng.normal(size=40)), np.cumsum(rng.normal(size=33))))
def time_warping(a, b):
    cost = np.full((len(a) + 1, len(b) + 1), np.inf)
    cost[0, 0] = 0.0
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            step = min(cost[i - 1, j], cost[i, j - 1], cost[i - 1, j - 1])
            cost[i, j] = abs(a[i - 1] - b[j - 1]) + step
    return cost[-1, -1], cost[1:, 1:]


# Statistics


@on(lambda rng: (rng.gamma(2.0, size=200),))
def moments(x):
    centre = x.mean()
    d = x - centre
    variance = (d**2).sum() / (len(x) - 1)
    skewness = np.mean(d**3) / np.mean(d**2) ** 1.5
    kurtosis = np.mean(d**4) / np.mean(d**2) ** 2 - 3.0
    return centre, variance, skewness, kurtosis


@on(lambda rng: (rng.normal(size=60), rng.normal(size=60)))
def linear_regression(x, y):
    sx = x - np.mean(x)
    sy = y - np.mean(y)
    slope = np.sum(sx * sy) / np.sum(sx**2)
    intercept = np.mean(y) - slope * np.mean(x)
    left = y - intercept - slope * x
    error = np.sqrt(np.sum(left**2) / (len(x) - 2) / np.sum(sx**2))
    return slope, intercept, error


@on(lambda rng: (ties(rng, 40), ties(rng, 40)))
def kendall(x, y):
    concordant = discordant = 0
    for i in range(len(x)):
        for j in range(i + 1, len(x)):
            product = (x[i] - x[j]) * (y[i] - y[j])
            if product > 0:
                concordant += 1
            elif product < 0:
                discordant += 1
    return (concordant - discordant) / (concordant + discordant), concordant


@on(lambda rng: (ties(rng, 60, top=3),))
def average_ranks(x):
    order = np.argsort(x, kind="stable")
    ranks = np.empty(len(x))
    i = 0
    while i < len(x):
        j = i
        while j + 1 < len(x) and x[order[j + 1]] == x[order[i]]:
            j += 1
        ranks[order[i : j + 1]] = 0.5 * (i + j) + 1.0
        i = j + 1
    return ranks


@on(lambda rng: (rng.normal(size=50), np.linspace(-3, 3, 31), 0.4))
def kernel_density(samples, grid, width):
    u = (grid[:, None] - samples[None, :]) / width
    inside = np.abs(u) <= 2.0
    weights = np.where(inside, 0.75 * (1 - (u / 2.0) ** 2), 0.0)
    return weights.sum(axis=1) / (len(samples) * width)


@on(lambda rng: (rng.uniform(1, 5, 120), rng.uniform(0.1, 2, 120), 0.9))
def weighted_quantile(values, weights, q):
    order = np.argsort(values)
    cumulative = np.cumsum(weights[order]) - 0.5 * weights[order]
    return np.interp(q * weights.sum(), cumulative, values[order])


@on(lambda rng: (rng.normal(size=(50, 4)) * [1, 2, 0.5, 3], rng.normal(size=(12, 4))))
def mahalanobis(sample, points):
    mean = sample.mean(axis=0)
    centred = sample - mean
    covariance = centred.T @ centred / (len(sample) - 1)
    d = points - mean
    return np.sqrt(np.sum(d * np.linalg.solve(covariance, d.T).T, axis=1))


@on(lambda rng: (np.append(rng.integers(0, 7, 99), 8), 10))
def entropy(labels, kinds):
    counts = np.zeros(kinds)
    for label in labels:
        counts[label] += 1
    p = counts[counts > 0] / len(labels)
    return -np.sum(p * np.log2(p)), counts


@on(lambda rng: (np.append(rng.integers(0, 2, 80), [0, 1]), np.append(ties(rng, 80), [0, 1])))
def roc_area(truth, score):
    positive = score[truth == 1]
    negative = score[truth == 0]
    wins = (positive[:, None] > negative[None, :]).sum()
    draws = (positive[:, None] == negative[None, :]).sum()
    return (wins + 0.5 * draws) / (len(positive) * len(negative))


@on(lambda rng: (rng.uniform(0.5, 9, 40), rng.integers(0, 2, 40)))
def survival(times, events):
    order = np.argsort(times)
    at_risk = len(times)
    alive = 1.0
    curve = []
    for k in order:
        if events[k]:
            alive *= 1 - 1 / at_risk
        at_risk -= 1
        curve.append(alive)
    return np.array(curve)


# Geometry


@on(lambda rng: (np.sort(rng.uniform(0, 6, 30)), rng.uniform(1, 2, 30)))
def polygon(angles, radii):
    x = radii * np.cos(angles)
    y = radii * np.sin(angles)
    cross = x * np.roll(y, -1) - np.roll(x, -1) * y
    area = 0.5 * np.sum(cross)
    cx = np.sum((x + np.roll(x, -1)) * cross) / (6 * area)
    cy = np.sum((y + np.roll(y, -1)) * cross) / (6 * area)
    return area, cx, cy


@on(lambda rng: (ties(rng, 120, 2, top=3), np.array([[-2, -2], [2, -1.5], [2.5, 2], [-1, 2.5]])))
def points_in_polygon(points, corners):
    inside = np.zeros(len(points), dtype=bool)
    for n, (x, y) in enumerate(points):
        j = len(corners) - 1
        for i in range(len(corners)):
            xi, yi = corners[i]
            xj, yj = corners[j]
            if (yi > y) != (yj > y) and x < (xj - xi) * (y - yi) / (yj - yi) + xi:
                inside[n] = not inside[n]
            j = i
    return inside


@on(lambda rng: (rng.uniform(-90, 90, 40), rng.uniform(-180, 180, 40), 48.1, 11.6))
def great_circle(latitude, longitude, latitude0, longitude0):
    a, b = np.radians(latitude), np.radians(latitude0)
    dlon = np.radians(longitude - longitude0)
    h = np.sin((a - b) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(dlon / 2) ** 2
    return 2 * 6371.0 * np.arcsin(np.sqrt(h))


@on(lambda rng: (rng.normal(size=(20, 4)), rng.normal(size=(20, 3))))
def rotate_by_quaternion(q, v):
    q = q / np.sqrt((q**2).sum(axis=1, keepdims=True))
    w, u = q[:, :1], q[:, 1:]
    t = 2.0 * np.cross(u, v)
    return v + w * t + np.cross(u, t)


@on(lambda rng: (ties(rng, 30, 3, top=1), ties(rng, 60, 3, top=1)))
def nearest_neighbour(points, queries):
    nearest = np.zeros(len(queries), dtype=int)
    away = np.zeros(len(queries))
    for i in range(len(queries)):
        best = np.inf
        for j in range(len(points)):
            d = ((queries[i] - points[j]) ** 2).sum()
            if d < best:
                best = d
                nearest[i] = j
        away[i] = np.sqrt(best)
    return nearest, away


@on(lambda rng: (rng.normal(size=(6, 2)), np.linspace(0, 1, 21)))
def bezier(control, t):
    n = len(control) - 1
    curve = np.zeros((len(t), 2))
    for k in range(n + 1):
        weight = math.comb(n, k) * t**k * (1 - t) ** (n - k)
        curve += weight[:, None] * control[k]
    return curve


@on(lambda rng: (rng.normal(size=(15, 3)), np.array([0.2, -0.4, 1.0]), 0.3))
def reflect_and_clip(rays, normal, bias):
    normal = normal / np.linalg.norm(normal)
    facing = rays @ normal
    bounced = rays - 2 * facing[:, None] * normal
    return np.where(facing[:, None] < 0, bounced, rays), np.clip(facing, -bias, bias)


@on(lambda rng: (rng.uniform(0, 10, (25, 2)), np.array([10.0, 10.0])))
def periodic_distances(x, box):
    result = np.zeros(len(x) * (len(x) - 1) // 2)
    n = 0
    for i in range(len(x) - 1):
        for j in range(i + 1, len(x)):
            d = x[i] - x[j]
            d -= box * np.round(d / box)
            result[n] = math.sqrt(d[0] ** 2 + d[1] ** 2)
            n += 1
    return result


# Images and grids


@on(lambda rng: (rng.uniform(0, 1, (14, 17)),))
def sobel(image):
    gx = np.zeros_like(image)
    gy = np.zeros_like(image)
    for i in range(1, image.shape[0] - 1):
        for j in range(1, image.shape[1] - 1):
            p = image[i - 1 : i + 2, j - 1 : j + 2]
            gx[i, j] = p[0, 2] + 2 * p[1, 2] + p[2, 2] - p[0, 0] - 2 * p[1, 0] - p[2, 0]
            gy[i, j] = p[2, 0] + 2 * p[2, 1] + p[2, 2] - p[0, 0] - 2 * p[0, 1] - p[0, 2]
    return np.hypot(gx, gy)


@on(lambda rng: (rng.uniform(0, 1, (9, 11)), rng.uniform(0, 7.99, 30), rng.uniform(0, 9.99, 30)))
def bilinear(image, rows, columns):
    i = np.floor(rows).astype(int)
    j = np.floor(columns).astype(int)
    a, b = rows - i, columns - j
    upper = (1 - b) * image[i, j] + b * image[i, j + 1]
    lower = (1 - b) * image[i + 1, j] + b * image[i + 1, j + 1]
    return (1 - a) * upper + a * lower


@on(lambda rng: (rng.integers(3, 256, (12, 13)),))
def equalise(image):
    histogram = np.bincount(image.ravel(), minlength=256)
    cumulative = np.cumsum(histogram)
    lowest = cumulative[cumulative > 0].min()
    table = (cumulative - lowest) / (image.size - lowest) * 255.0
    return np.round(table[image])


@on(lambda rng: (rng.uniform(0, 1, (12, 10)), 2))
def pool(image, size):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    result = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            result[i, j] = image[i * size : (i + 1) * size, j * size : (j + 1) * size].max()
    return result


@on(lambda rng: (rng.uniform(0, 1, (10, 9)), rng.normal(size=(3, 3))))
def correlate_reflected(image, kernel):
    padded = np.pad(image, 1, mode="reflect")
    result = np.zeros(image.shape)
    for a in range(3):
        for b in range(3):
            result += kernel[a, b] * padded[a : a + image.shape[0], b : b + image.shape[1]]
    return result


@on(lambda rng: (rng.uniform(0, 1, (11, 8)),))
def integral_image(image):
    table = np.zeros((image.shape[0] + 1, image.shape[1] + 1))
    table[1:, 1:] = image.cumsum(axis=0).cumsum(axis=1)
    k = 3
    return (table[k:, k:] - table[:-k, k:] - table[k:, :-k] + table[:-k, :-k]) / k**2


@on(lambda rng: (rng.uniform(0, 1, (8, 8, 3)),))
def hue(rgb):
    r, g, b = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    high = rgb.max(axis=2)
    spread = high - rgb.min(axis=2)
    h = np.where(high == r, (g - b) / spread, np.where(high == g, 2 + (b - r) / spread,
                 4 + (r - g) / spread))  # fmt: skip
    return (60.0 * h) % 360.0, spread / high


@on(lambda rng: (rng.integers(0, 2, (16, 16)), 3))
def game_of_life(board, steps):
    for _ in range(steps):
        near = np.zeros_like(board)
        for i in (-1, 0, 1):
            for j in (-1, 0, 1):
                if i != 0 or j != 0:
                    near += np.roll(np.roll(board, i, axis=0), j, axis=1)
        board = ((near == 3) | ((board == 1) & (near == 2))).astype(int)
    return board


# Physics and time


@on(lambda rng: (rng.normal(size=(12, 14)), rng.normal(size=(12, 14)) * 0.1, 12))
def poisson_jacobi(potential, source, sweeps):
    p = potential.copy()
    for _ in range(sweeps):
        q = p.copy()
        q[1:-1, 1:-1] = 0.25 * (
            p[2:, 1:-1] + p[:-2, 1:-1] + p[1:-1, 2:] + p[1:-1, :-2] - source[1:-1, 1:-1]
        )
        p = q
    return p


@on(lambda rng: (rng.normal(size=40), rng.uniform(0.5, 2, 40), 0.1, 0.1, 15))
def heat_in_layers(u, conductivity, dt, dx, steps):
    u = u.copy()
    between = 2 / (1 / conductivity[1:] + 1 / conductivity[:-1])
    for _ in range(steps):
        flux = -between * (u[1:] - u[:-1])
        u[1:-1] -= 0.02 * dt / dx * (flux[1:] - flux[:-1])
        u[0] = u[1]
        u[-1] = 0.0
    return u


@on(lambda rng: (rng.uniform(0, 1, 50), 0.4, 10))
def upwind_limited(c, courant, steps):
    for _ in range(steps):
        left = c - np.roll(c, 1)
        right = np.roll(c, -1) - c
        slope = np.where(left * right > 0, np.minimum(np.abs(left), np.abs(right)), 0.0)
        slope *= np.sign(left)
        face = c + 0.5 * (1 - courant) * slope
        c = c - courant * (face - np.roll(face, 1))
    return c


@on(lambda rng: (rng.normal(size=2), 0.05, 40, 1.5))
def van_der_pol(state, dt, steps, mu):
    def slope(s):
        return np.array([s[1], mu * (1 - s[0] ** 2) * s[1] - s[0]])

    path = np.zeros((steps + 1, 2))
    path[0] = state
    for n in range(steps):
        k1 = slope(path[n])
        k2 = slope(path[n] + 0.5 * dt * k1)
        k3 = slope(path[n] + 0.5 * dt * k2)
        k4 = slope(path[n] + dt * k3)
        path[n + 1] = path[n] + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return path


@on(lambda rng: (rng.normal(size=(6, 3)), rng.normal(size=(6, 3)), rng.uniform(1, 2, 6), 0.01, 8))
def leapfrog(x, v, mass, dt, steps):
    for _ in range(steps):
        force = np.zeros_like(x)
        for i in range(len(x)):
            for j in range(len(x)):
                if i != j:
                    d = x[j] - x[i]
                    force[i] += mass[i] * mass[j] * d / (d @ d + 0.1) ** 1.5
        v = v + dt * force / mass[:, None]
        x = x + dt * v
    kinetic = 0.5 * np.sum(mass * (v**2).sum(axis=1))
    return x, v, kinetic


@on(lambda rng: (rng.choice([-1, 1, 1], (12, 12)), 0.3, 0.7))
def ising_energy(spins, field, coupling):
    right = np.roll(spins, -1, axis=1)
    down = np.roll(spins, -1, axis=0)
    bonds = spins * (right + down)
    flips = 2 * spins * (coupling * (right + down + np.roll(spins, 1, 0) + np.roll(spins, 1, 1)))
    return -coupling * bonds.sum() - field * spins.sum(), np.exp(-np.maximum(flips, 0.0))


@on(lambda rng: (np.append(rng.uniform(200, 320, 49), 273.15), rng.uniform(0.1, 1.0, 50)))
def dew_point(temperature, humidity):
    celsius = temperature - 273.15
    a = np.where(celsius >= 0, 17.27, 21.87)
    b = np.where(celsius >= 0, 237.7, 265.5)
    gamma = a * celsius / (b + celsius) + np.log(humidity)
    pressure = 6.112 * np.exp(a * celsius / (b + celsius))
    return b * gamma / (a - gamma), pressure * humidity


@on(lambda rng: (rng.uniform(0, 6.28, 30), 0.3))
def kepler(anomaly, eccentricity):
    e = anomaly.copy()
    for _ in range(20):
        step = (e - eccentricity * np.sin(e) - anomaly) / (1 - eccentricity * np.cos(e))
        e -= step
        if np.abs(step).max() < 1e-3:
            break
    return np.arctan2(math.sqrt(1 - eccentricity**2) * np.sin(e), np.cos(e) - eccentricity)


@on(lambda rng: (rng.uniform(1, 2, 25), rng.uniform(0.01, 0.4, 25), 30.0))
def thin_layers(index, thickness, wavelength):
    m = np.eye(2, dtype=complex)
    for n, d in zip(index, thickness, strict=True):
        phase = 2 * np.pi * n * d / wavelength
        layer = np.array([[np.cos(phase), 1j * np.sin(phase) / n],
                          [1j * n * np.sin(phase), np.cos(phase)]])  # fmt: skip
        m = m @ layer
    top = m[0, 0] + m[0, 1] * 1.5 - m[1, 0] - m[1, 1] * 1.5
    bottom = m[0, 0] + m[0, 1] * 1.5 + m[1, 0] + m[1, 1] * 1.5
    return abs(top / bottom) ** 2, m


# Money


@on(lambda rng: (rng.uniform(80, 120, 40), 100.0, 0.03, 0.25, 0.5))
def black_scholes(spot, strike, rate, volatility, years):
    spread = volatility * math.sqrt(years)
    d1 = (np.log(spot / strike) + (rate + 0.5 * volatility**2) * years) / spread
    d2 = d1 - spread
    n1 = np.array([0.5 * (1 + math.erf(d / math.sqrt(2.0))) for d in d1])
    n2 = np.array([0.5 * (1 + math.erf(d / math.sqrt(2.0))) for d in d2])
    return spot * n1 - strike * math.exp(-rate * years) * n2


@on(lambda rng: (100.0, 104.0, 0.05, 0.3, 40))
def american_put(spot, strike, rate, volatility, steps):
    dt = 1.0 / steps
    up = math.exp(volatility * math.sqrt(dt))
    p = (math.exp(rate * dt) - 1 / up) / (up - 1 / up)
    prices = spot * up ** (2 * np.arange(steps + 1) - steps)
    value = np.maximum(strike - prices, 0.0)
    for _ in range(steps):
        prices = prices[:-1] * up
        held = math.exp(-rate * dt) * (p * value[1:] + (1 - p) * value[:-1])
        value = np.maximum(held, strike - prices)
    return value[0]


@on(lambda rng: (100 * np.exp(np.cumsum(rng.normal(0, 0.02, 120) + 0.02 * (np.arange(120) < 5))),))
def drawdown(prices):
    peak = prices[0]
    worst = 0.0
    depth = np.zeros(len(prices))
    for i in range(len(prices)):
        peak = max(peak, prices[i])
        depth[i] = 1 - prices[i] / peak
        worst = max(worst, depth[i])
    returns = np.diff(np.log(prices))
    return worst, depth, returns.mean() / returns.std(ddof=1) * math.sqrt(252)


@on(lambda rng: (250000.0, 0.041, 24))
def amortisation(loan, rate, months):
    monthly = rate / 12
    payment = loan * monthly / (1 - (1 + monthly) ** -months)
    left = np.zeros(months)
    paid = 0.0
    for m in range(months):
        interest = loan * monthly
        paid += interest
        loan -= payment - interest
        left[m] = loan
    return payment, paid, left[:-1]


@on(lambda rng: (np.array([-900.0, 200, 300, 250, 350, 120]), 14))
def internal_rate(flows, turns):
    low, high = -0.5, 1.0
    for _ in range(turns):
        middle = 0.5 * (low + high)
        value = np.sum(flows / (1 + middle) ** np.arange(len(flows)))
        if value > 0:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


# Numerical recipes


@on(lambda rng: (rng.normal(size=(6, 6)) + np.eye(6)[::-1], rng.normal(size=6)))
def gauss_elimination(matrix, right):
    a = matrix.copy()
    b = right.copy()
    n = len(b)
    for k in range(n - 1):
        p = k + np.argmax(np.abs(a[k:, k]))
        if p != k:
            a[[k, p]] = a[[p, k]]
            b[[k, p]] = b[[p, k]]
        for i in range(k + 1, n):
            factor = a[i, k] / a[k, k]
            a[i, k:] -= factor * a[k, k:]
            b[i] -= factor * b[k]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - a[i, i + 1 :] @ x[i + 1 :]) / a[i, i]
    return x


@on(lambda rng: (rng.normal(size=(7, 4)),))
def gram_schmidt(a):
    q = np.zeros_like(a)
    r = np.zeros((a.shape[1], a.shape[1]))
    for j in range(a.shape[1]):
        v = a[:, j].copy()
        for i in range(j):
            r[i, j] = q[:, i] @ v
            v -= r[i, j] * q[:, i]
        r[j, j] = np.sqrt((v**2).sum())
        q[:, j] = v / r[j, j]
    return q, r


@on(lambda rng: (np.cumsum(rng.uniform(0.2, 1, 12)), rng.normal(size=12), np.linspace(-1, 12, 40)))
def cubic_spline(x, y, where):
    n = len(x)
    h = np.diff(x)
    a = np.eye(n)
    b = np.zeros(n)
    for i in range(1, n - 1):
        a[i, i - 1 : i + 2] = h[i - 1], 2 * (h[i - 1] + h[i]), h[i]
        b[i] = 6 * ((y[i + 1] - y[i]) / h[i] - (y[i] - y[i - 1]) / h[i - 1])
    m = np.linalg.solve(a, b)
    k = np.clip(np.searchsorted(x, where) - 1, 0, n - 2)
    s = (where - x[k]) / h[k]
    bend = ((1 - s) ** 3 - (1 - s)) * m[k] + (s**3 - s) * m[k + 1]
    return (1 - s) * y[k] + s * y[k + 1] + bend * h[k] ** 2 / 6


@on(lambda rng: (rng.normal(size=9), np.linspace(-1.5, 1.5, 20)))
def chebyshev(coefficients, x):
    b1 = np.zeros_like(x)
    b2 = np.zeros_like(x)
    for c in coefficients[:0:-1]:
        b1, b2 = 2 * x * b1 - b2 + c, b1
    return x * b1 - b2 + coefficients[0]


@on(lambda rng: (rng.uniform(0.5, 2, 3), 5))
def romberg(parameters, levels):
    a, b, c = parameters
    r = np.zeros((levels, levels))
    for i in range(levels):
        x = np.linspace(0.0, 1.0, 2**i + 1)
        f = np.exp(-a * x) * np.cos(b * x) + c
        r[i, 0] = (f[0] / 2 + f[1:-1].sum() + f[-1] / 2) / 2**i
        for j in range(1, i + 1):
            r[i, j] = r[i, j - 1] + (r[i, j - 1] - r[i - 1, j - 1]) / (4**j - 1)
    return r


@on(lambda rng: (rng.uniform(0.1, 9, 30),))
def gamma_by_lanczos(x):
    g = [76.18009172947146, -86.50532032941677, 24.01409824083091, -1.231739572450155]
    t = x + 5.5
    series = np.full_like(x, 1.000000000190015)
    for k in range(len(g)):
        series += g[k] / (x + k + 1)
    return (x + 0.5) * np.log(t) - t + np.log(2.5066282746310005 * series / x)


@on(lambda rng: (rng.integers(0, 30, (12, 12)),))
def shortest_paths(lengths):
    d = lengths.astype(float)
    d[d < 9] = np.inf
    np.fill_diagonal(d, 0.0)
    for k in range(len(d)):
        d = np.minimum(d, d[:, k, None] + d[None, k, :])
    return d


@on(lambda rng: (rng.uniform(0, 1, (9, 9)), 0.85, 25))
def page_rank(links, damping, turns):
    step = links / links.sum(axis=0, keepdims=True)
    rank = np.arange(1.0, 10.0) / 30
    for _ in range(turns // 5):
        rank = damping * step @ rank + (1 - damping) / len(rank)
    return rank / rank.sum()


@on(lambda rng: (np.repeat(rng.normal(size=(15, 2)) * np.arange(15)[:, None], 2, axis=0), 4, 2))
def k_means(points, k, turns):
    centres = points[:k].copy()
    for _ in range(turns):
        d = ((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
        label = d.argmin(axis=1)
        for c in range(k):
            if np.any(label == c):
                centres[c] = points[label == c].mean(axis=0)
    return centres, label


@on(lambda rng: (rng.integers(0, 4, 24), rng.integers(0, 4, 20), 2.0, -1.0, -1.5))
def local_alignment(a, b, match, mismatch, gap):
    score = np.zeros((len(a) + 1, len(b) + 1))
    best = 0.0
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            pair = match if a[i - 1] == b[j - 1] else mismatch
            score[i, j] = max(0.0, score[i - 1, j - 1] + pair, score[i - 1, j] + gap,
                              score[i, j - 1] + gap)  # fmt: skip
            best = max(best, score[i, j])
    return best, score


def some_outside(rng: np.random.Generator) -> np.ndarray:
    """Places from 0 to 1, one in the last bin, and one beyond it."""
    return np.append(rng.integers(0, 9, 58) / 8, [1.8, 2.5])


@on(lambda rng: (rng.normal(size=60), some_outside(rng), np.arange(9) / 4))
def binned_means(values, places, edges):
    total = np.zeros(len(edges) - 1)
    count = np.zeros(len(edges) - 1)
    for v, p in zip(values, places, strict=True):
        for b in range(len(edges) - 1):
            if edges[b] <= p < edges[b + 1]:
                total[b] += v
                count[b] += 1
    return total / np.maximum(count, 1), count


@on(lambda rng: (rng.normal(size=30), rng.uniform(-1, 1, 30), 0.1, 1.5))
def clip_gradient_in_place(weights, gradient, rate, limit):
    norm = np.sqrt(np.sum(gradient**2))
    if norm > limit:
        gradient *= limit / norm
    weights -= rate * gradient


@on(lambda rng: (rng.normal(size=25), rng.normal(size=(25, 2)), 0.05, 1.0))
def kalman(measured, drift, process, noise):
    state, variance = 0.0, 1.0
    estimates = np.zeros((len(measured), 2))
    for t in range(len(measured)):
        state += drift[t, 0] - 0.5 * drift[t, 1]
        variance += process
        gain = variance / (variance + noise)
        state += gain * (measured[t] - state)
        variance *= 1 - gain
        estimates[t] = state, variance
    return estimates
