"""Contractions of images: axes swapped, summed too far or not far enough, kernels mixed up."""

from tests.wrong import wrong

RESPONSES = (
    r": responses differs in .* values, first at image \d+, kernel \d+: expected .*, got .* "
    r"\(.* ulps\)$"
)
SHAPE = r": responses has shape \(.*\); expected \(7, 5\)( \(transposed\?\))?$"

WRONG = [
    wrong("kernels_outside", "numpy_einsum", SHAPE, "->nl", "->ln"),
    wrong("channels_in_front", "numpy_reshape", RESPONSES,
          "kernels.reshape(", "kernels.transpose(0, 3, 1, 2).reshape("),
    wrong("width_before_height", "torch_einsum", RESPONSES,
          '"nhwc,lhwc->nl", images', '"nhwc,lhwc->nl", images.flip(1)'),
    wrong("channels_kept", "jax_einsum", r": responses has shape \(7, 5, 3\); expected \(7, 5\)$",
          "->nl", "->nlc"),
    wrong("channels_summed_apart", "jax_einsum", RESPONSES, "nhwc,lhwc", "nhwc,lhwd"),
    wrong("kernels_reversed", "jax_reshape", RESPONSES, ".T  #", ".T[:, ::-1]  #"),
    wrong("mean_for_sum", "jax_vmap", RESPONSES, ".sum()", ".mean()"),
    wrong("total_of_the_row", "numba_fastmath", RESPONSES,
          "            total = images.dtype.type(0)\n", "",
          "    for n in range(len(images)):\n",
          "    for n in range(len(images)):\n        total = images.dtype.type(0)\n"),
    wrong("last_image_lost", "numba_parallel", RESPONSES,
          "np.empty(", "np.zeros(", "prange(len(images))", "prange(len(images) - 1)"),
    wrong("float32_product", "torch_eager", ": responses has dtype float32; expected float64$",
          "rows @ columns", "rows.float() @ columns.float()"),
]  # fmt: skip

# Edits that nothing can tell from the original, so that no test may object to them.
EQUIVALENT = [
    wrong("other_order_in_both", "numpy_einsum_optimize", "",
          'images, kernels, opt', 'images[:, ::-1], kernels[:, ::-1], opt'),
]  # fmt: skip
