"""A stopwatch that is not fooled: a solution."""

from statistics import median


def seconds(function, x, clock):
    function(x).block_until_ready()
    times = []
    for _ in range(5):
        start = clock()
        function(x).block_until_ready()
        times.append(clock() - start)
    return median(times)
