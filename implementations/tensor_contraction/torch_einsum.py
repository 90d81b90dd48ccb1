"""PyTorch's `einsum`: always turned into a batched matrix product, whatever the indices are."""

import torch


def tensor_contraction(images, kernels):
    return torch.einsum("nhwc,lhwc->nl", images, kernels)  # (N, L)
