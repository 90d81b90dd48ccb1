"""What the network does: who fires when, three membrane potentials, the rates."""

import numpy as np
from portstudy import Port
from portstudy.show.pictures import Mark, Panel, population_rate, raster, rates

SIZE = "small,neurons=250,steps=4000"
TRACE = 1500  # steps whose potentials are drawn


def panels(port: Port, arguments: tuple) -> list[Panel]:
    """The whole run, and the potentials of its first steps, which are run one by one."""
    weights, drive, state, parameters, steps = arguments
    dt = float(parameters.dt)
    spikes, _ = port(*arguments)
    number = spikes[:TRACE].sum(axis=0)
    shown = np.argsort(number, kind="stable")[[-1, len(number) * 3 // 4, len(number) // 2]]
    placed = port.put((weights, drive, state, parameters))
    traces = []
    now = placed[2]
    for step in range(min(TRACE, steps)):
        _, now = port.call(placed[0], placed[1], now, placed[3], 1)
        voltage = port.get(now).voltage[shown]
        # A spike is an event, not a value of V: it is drawn up to where spikes are drawn to.
        traces.append(np.where(spikes[step, shown], 20.0, voltage))
    time = np.arange(len(traces)) * dt
    potentials = Panel(
        "membrane potential of three neurons, spikes drawn up to 20 mV",
        "time, ms",
        "mV",
        [Mark(time, np.array(traces)[:, i], f"neuron {n}", colour=i) for i, n in enumerate(shown)],
    )
    return [raster(spikes, dt), potentials, population_rate(spikes, dt, 5.0), rates(spikes, dt)]
