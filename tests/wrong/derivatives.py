"""Derivatives: what is said at 0, terms forgotten, orders and variables mixed up, differences."""

from tests.wrong import wrong


def differs(name: str, where: str = r"first at point \d+: expected") -> str:
    return rf": {name} differs in .* values, {where}"


AT_ZERO = "first at point 0: expected 0.0, got "

WRONG = [
    # The functions have these derivatives at 0, but the rectifier is to have 0.
    wrong("half_at_zero", "jax_vmap_grad", differs("rectifier", AT_ZERO + "0.5"),
          "jnp.where(x > 0, x, 0)", "jnp.maximum(0, x)"),
    wrong("half_at_zero", "torch_vmap_grad", differs("rectifier", AT_ZERO + "0.5"),
          "torch.relu(x)", "torch.maximum(torch.zeros_like(x), x)"),
    wrong("one_at_zero", "torch_autograd", differs("rectifier", AT_ZERO + "1.0"),
          "torch.relu(x)", "torch.clamp(x, min=0)"),
    wrong("one_at_zero", "jax_custom_jvp", differs("rectifier", AT_ZERO + "1.0"),
          "jnp.where(x > 0, direction", "jnp.where(x >= 0, direction"),
    wrong("one_at_zero", "numpy_by_hand", differs("rectifier", AT_ZERO + "1.0"),
          "(x > 0)", "(x >= 0)"),
    # Differentiated wrongly.
    wrong("product_rule_forgotten", "numpy_by_hand", differs("wave.first"),
          "sine + angle * cosine,", "angle * cosine,"),
    wrong("sign_of_sine", "numba_by_hand", differs("wave.third"),
          "-3 * sine - angle", "3 * sine - angle"),
    wrong("constant_kept", "jax_by_hand", differs("polynomial.second"), "6 * x - 6,", "6 * x,"),
    wrong("orders_from_zero", "jax_jacfwd", differs("polynomial.first"),
          "        function = jax.jacfwd(function)\n        values.append(function(x))\n",
          "        values.append(function(x))\n        function = jax.jacfwd(function)\n"),
    wrong("variables_swapped", "jax_loop_grad", differs("partials.a"),
          "argnums=0", "argnums=-1", "argnums=1", "argnums=0"),
    wrong("terms_not_apart", "torch_autograd", differs("polynomial.first"),
          "value.sum()", "value.sum() ** 2"),
    wrong("neighbour_asked", "numba_parallel", differs("rectifier"), "x[i] > 0", "x[i - 1] > 0"),
    # Differentiated inexactly.
    wrong("difference_quotient", "numpy_by_hand", differs("partials.a"),
          "6 * a**2", "((a + 1e-6) ** 3 - (a - 1e-6) ** 3) / 1e-6"),
    wrong("float32_angle", "torch_vmap_grad", r"against float64" + differs("wave.first"),
          "* torch.sin(angle)", "* torch.sin(angle.float()).to(angle.dtype)"),
]  # fmt: skip
