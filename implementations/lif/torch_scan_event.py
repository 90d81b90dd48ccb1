"""`scan`, event-driven: a `while_loop` adds the rows of those that fired, spike by spike.

Both loops stay inside the graph. By default their bodies would be called from Python, which costs
more than what they compute here: `cpp_wrapper` writes the loops in C++ as well.
"""

import torch
from torch._higher_order_ops.scan import scan
from torch._higher_order_ops.while_loop import while_loop

from .spec import State


@torch.compile(fullgraph=True, dynamic=False, options={"cpp_wrapper": True})
def lif(weights, drive, state, parameters, steps):
    dt, tau, v_reset, v_threshold, resistance = parameters
    neurons = torch.arange(len(drive), dtype=torch.int32, device=drive.device)

    def any_left(last, left, current):
        return last >= 0

    def add_row(last, left, current):
        row = weights.index_select(0, last.reshape(1))[0]  # (neurons,) nA
        left = torch.where(neurons < last, left, -1)
        return left.amax(), left, current + row

    def step(carry, _):
        (voltage,) = carry  # (neurons,) mV; scan takes plain tuples, no NamedTuple
        fired = voltage >= v_threshold  # (neurons,) bool
        left = torch.where(fired, neurons, -1)  # (neurons,) numbers of those that fired
        _, _, current = while_loop(any_left, add_row, (left.amax(), left, drive.clone()))  # nA
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = torch.where(fired, v_reset, voltage)
        return (voltage,), fired

    if steps == 0:  # which scan refuses
        return torch.empty((0, len(drive)), dtype=torch.bool, device=drive.device), state
    ticks = torch.empty(steps, device=drive.device)  # scan takes its length from an array
    (voltage,), spikes = scan(step, (state.voltage,), ticks)
    return spikes, State(voltage)
