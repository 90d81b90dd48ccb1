"""What one would call instead: `scipy.spatial.distance.sqeuclidean`."""

from scipy.spatial.distance import sqeuclidean


def squared_distance(a, b):
    return sqeuclidean(a, b)
