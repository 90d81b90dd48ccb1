"""The points by class, the ellipse of each class, and the log-likelihood of each iteration."""

import numpy as np
from portstudy import Port
from portstudy.show.pictures import Mark, Panel

SIZE = "small,points=2000,classes=5,iterations=30"


def panels(port: Port, arguments: tuple) -> list[Panel]:
    """Ellipses hold 95 % of their class: two dimensions of however many there are."""
    points = arguments[0]
    mixture, log_likelihood = port(*arguments)
    nearest = classify(points, mixture)
    turn = np.linspace(0, 2 * np.pi, 100)
    circle = np.sqrt(-2 * np.log(0.05)) * np.stack([np.cos(turn), np.sin(turn)])  # 95 %
    marks = []
    for k, (mean, covariance) in enumerate(zip(mixture.means, mixture.covariances, strict=True)):
        mine = points[nearest == k]
        marks.append(Mark(mine[:, 0], mine[:, 1], line=False, colour=k))
        x, y = mean[:2, None] + np.linalg.cholesky(covariance[:2, :2]) @ circle
        marks.append(Mark(x, y, f"class {k}: {mixture.weights[k]:.0%}", colour=k))
    iterations = np.arange(1, len(log_likelihood) + 1)
    return [
        Panel("points by class, and ellipses of 95 %", "x", "y", marks, height=2.2, equal=True),
        Panel("log-likelihood", "iteration", "nats per point", [Mark(iterations, log_likelihood)]),
    ]


def classify(points: np.ndarray, mixture) -> np.ndarray:
    """The most probable class of each point, (points,)."""
    scores = []
    for weight, mean, covariance in zip(*mixture, strict=True):
        factor = np.linalg.cholesky(covariance)
        white = np.linalg.solve(factor, (points - mean).T)
        scores.append(np.log(weight) - np.log(np.diag(factor)).sum() - (white**2).sum(axis=0) / 2)
    return np.argmax(scores, axis=0)
