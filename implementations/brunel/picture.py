"""What the network does: the spikes of some neurons and the activity of all, as in figure 8."""

from portstudy import Port
from portstudy.show.pictures import Panel, population_rate, raster, rates

from .spec import DT

SIZE = "small"


def panels(port: Port, arguments: tuple) -> list[Panel]:
    """A raster of 50 neurons and the rate of all of them."""
    spikes, _ = port(*arguments)
    return [raster(spikes, DT, 50), population_rate(spikes, DT, 0.5), rates(spikes, DT)]
