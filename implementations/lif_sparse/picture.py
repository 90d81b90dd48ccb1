"""What the network does: the spikes of some neurons, the activity of all, and their rates."""

from portstudy import Port
from portstudy.show.pictures import Panel, population_rate, raster, rates

SIZE = "small,neurons=2000,steps=1600"


def panels(port: Port, arguments: tuple) -> list[Panel]:
    """A raster of 100 neurons, and the rate of all of them."""
    dt = float(arguments[3].dt)
    spikes, *_ = port(*arguments)
    return [raster(spikes, dt, 100), population_rate(spikes, dt, 2.0), rates(spikes, dt)]
