"""What scikit-learn's LogisticRegression has inside: probabilities and losses, by HalfMultinomial.

Its module is private. What is public, `sklearn.metrics.log_loss`, takes probabilities, clips them,
and so has no loss above 36.
"""

import numpy as np
from sklearn._loss import HalfMultinomialLoss  # type: ignore[import-untyped]


def softmax_regression(x, weights, bias, labels):
    logits = x @ weights + bias  # (points, classes)
    multinomial = HalfMultinomialLoss(n_classes=len(bias))
    probabilities = multinomial.predict_proba(logits)  # (points, classes)
    losses = multinomial.loss(labels.astype(x.dtype), logits)  # (points,)
    return probabilities, np.mean(losses)
