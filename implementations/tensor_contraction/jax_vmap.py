"""Compiled, as `vmap` over images and over kernels: a sum of products of one image, one kernel."""

import jax


def response(image, kernel):
    return (image * kernel).sum()  # image and kernel (H, W, C)


@jax.jit
def tensor_contraction(images, kernels):
    responses = jax.vmap(response, in_axes=(None, 0))  # of one image, to all kernels
    return jax.vmap(responses, in_axes=(0, None))(images, kernels)  # (N, L)
