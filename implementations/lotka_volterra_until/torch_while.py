"""torch's (prototype) `while_loop`: condition and step are one compiled graph."""

import torch
from torch._higher_order_ops.while_loop import while_loop


@torch.compile(fullgraph=True, dynamic=False)
def lotka_volterra_until(state, parameters, max_steps):
    dt, alpha, beta, gamma, delta = parameters

    def rising(count, state):
        return (count < max_steps) & (beta * state[1] < alpha)

    def euler(count, state):
        prey, predators = state.unbind()  # thousands
        born = alpha * prey - beta * prey * predators  # thousands / year
        fed = delta * prey * predators - gamma * predators  # thousands / year
        return count + 1, torch.stack((prey + dt * born, predators + dt * fed))

    count = torch.zeros((), dtype=torch.int32, device=state.device)
    count, state = while_loop(rising, euler, (count, state))
    return state, count
