"""What one would write instead: modules of torch.nn, and an optimiser for their parameters.

`Linear` keeps its weights a unit per row, so they are transposed on the way in and on the way out.
"""

import torch
from portstudy.implementations.mlp_inference.spec import Layer
from torch.nn import Linear, Sequential, Tanh
from torch.nn.functional import cross_entropy

from .spec import Network


def linear(layer):
    module = torch.nn.utils.skip_init(Linear, *layer.weights.shape, device=layer.weights.device)
    module.weight = torch.nn.Parameter(layer.weights.T.clone())
    module.bias = torch.nn.Parameter(layer.bias.clone())
    return module


@torch.enable_grad()
def mlp_training(training, test, network, order, rate, batch):
    epochs, drawn = order.shape
    x, labels = training.x, training.labels.long()
    hidden, output = (linear(layer) for layer in network)
    model = Sequential(hidden, Tanh(), output)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    losses = torch.zeros(epochs, dtype=x.dtype, device=x.device)  # nats
    for epoch in range(epochs):
        for start in range(0, drawn, batch):
            now = order[epoch, start : start + batch]
            loss = cross_entropy(model(x[now]), labels[now])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses[epoch] += loss.detach() * len(now) / drawn
    with torch.no_grad():
        right = model(test.x).argmax(dim=1) == test.labels
    trained = (Layer(module.weight.detach().T, module.bias.detach()) for module in (hidden, output))
    return Network(*trained), losses, torch.mean(right, dtype=x.dtype)
