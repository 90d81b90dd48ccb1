"""Images contracted with kernels of their own size, over height, width and channels.

    responses[n, l] = sum over h, w, c of images[n, h, w, c] kernels[l, h, w, c]

`images` (N, H, W, C) and `kernels` (L, H, W, C) give `responses` (N, L): how much each image is
like each kernel. It is a convolution whose kernel covers the whole image, and also a fully
connected layer (Goodfellow, Bengio and Courville, Deep Learning, 2016, chapters 6 and 9): with
the three axes read as one, it is a single matrix product, and `reshape` reads them so without
moving a byte, because they lie next to each other, in the same order, in both arrays.

Whoever writes `einsum` states the sum and leaves it to the library to find that product. NumPy's
`einsum` does not look for it unless told to (`optimize=True`), and loops.

Dyadic inputs: entries are multiples of 1/8 between -1 and 1, so that every product is a multiple of
1/64 and sums of up to 2**18 of them are exact in float32. General inputs: the floor of an ulp is
the size of a typical partial sum. Left out: Numba's own `@` on reshaped arrays, which is the same
call into BLAS.
"""

import numpy as np
from portstudy import Array, Kernel, Ulps, Work, fits, moved


def make_inputs(
    rng: np.random.Generator,
    *,
    images: int,
    kernels: int,
    height: int,
    width: int,
    channels: int,
) -> tuple:
    """General inputs: normally distributed entries."""
    shape = (height, width, channels)
    return rng.normal(size=(images, *shape)), rng.normal(size=(kernels, *shape))


def make_dyadic(rng: np.random.Generator, **size: int) -> tuple:
    """Inputs whose sums are exact: multiples of 1/8 between -1 and 1."""
    images, kernels = make_inputs(rng, **size)
    return tuple(np.round(np.clip(x, -1, 1) * 8) / 8 for x in (images, kernels))


def check(images: np.ndarray, kernels: np.ndarray) -> None:
    """Responses that fit into memory."""
    fits("images: responses of (N, L)", (len(images), len(kernels)), images.itemsize)


def alive(arguments: tuple, responses: np.ndarray) -> None:
    """Images or kernels that respond alike could be mixed up unseen."""
    for axis, what in ((0, "images"), (1, "kernels")):
        if responses.shape[axis] > 1:
            spread = np.ptp(responses, axis=axis)
            assert spread.max() > 0, f"all {what} respond alike: a port could mix them up"


def work(arguments: tuple, outputs: tuple) -> Work:
    """One product."""
    images, kernels = arguments
    return Work((moved(images, kernels, outputs),), operations=2 * images.size * len(kernels))


tensor_contraction = Kernel(
    arguments={
        "images": Array("N", "H", "W", "C"),
        "kernels": Array("L", "H", "W", "C"),
    },
    inputs=make_inputs,
    dyadic=make_dyadic,
    # Up to 3,072 roundings of random sign, each half an ulp of a partial sum near 32.
    outputs={"responses": Ulps(64, "image", "kernel", floor=32.0)},
    sizes={
        "small": dict(images=64, kernels=10, height=32, width=32, channels=3),
        "large": dict(images=2000, kernels=100, height=32, width=32, channels=3),
        "check": dict(images=7, kernels=5, height=6, width=4, channels=3),
    },
    reference="numpy_reshape",
    check=check,
    alive=alive,
    work=work,
)
