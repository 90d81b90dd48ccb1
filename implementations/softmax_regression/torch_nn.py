"""What one would call instead: `linear`, `softmax` and `cross_entropy` of torch.nn.functional."""

from torch.nn.functional import cross_entropy, linear, softmax


def softmax_regression(x, weights, bias, labels):
    logits = linear(x, weights.T, bias)  # (points, classes)
    probabilities = softmax(logits, dim=1)
    loss = cross_entropy(logits, labels.long())
    return probabilities, loss
