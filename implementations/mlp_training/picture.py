"""How it learns: the loss of each epoch, and the share of test images that are right after it."""

from portstudy import Port
from portstudy.show.pictures import Mark, Panel

SIZE = "small,epochs=20"


def panels(port: Port, arguments: tuple) -> list[Panel]:
    """Epoch by epoch: each goes on with the network that the last one left."""
    training, test, network, order, rate, batch = arguments
    losses, shares = [], []
    for epoch in range(len(order)):
        network, (loss,), accuracy = port(
            training, test, network, order[epoch : epoch + 1], rate, batch
        )
        losses.append(float(loss))
        shares.append(100 * float(accuracy))
    epochs = range(1, len(order) + 1)
    return [
        Panel(f"loss, {losses[-1]:.3f} nats in the end", "epoch", "nats", [Mark(epochs, losses)]),
        Panel(
            f"test images that are right, {shares[-1]:.1f} % in the end",
            "epoch",
            "%",
            [Mark(epochs, shares)],
        ),
    ]
