"""Friction factors: the wrong branch at and around the border, constants, masks, steps."""

from tests.wrong import wrong

FRICTION = r": friction differs in .* values, first at point \d+: expected .*, got .* \(.* ulps\)$"

WRONG = [
    wrong("border_is_laminar", "numpy_where", FRICTION, "reynolds < 2300", "reynolds <= 2300"),
    wrong("border_is_laminar", "numba_njit", FRICTION,
          "reynolds[i] < 2300", "reynolds[i] <= 2300"),
    wrong("branches_swapped", "jax_cond_vmap", FRICTION,
          "2300, laminar, turbulent", "2300, turbulent, laminar"),
    wrong("always_turbulent", "jax_cond_map", FRICTION, "reynolds < 2300", "reynolds < 0"),
    wrong("natural_logarithm", "jax_jit", FRICTION, "jnp.log10", "jnp.log"),
    wrong("fanning_not_darcy", "torch_compile", FRICTION, "64 / reynolds", "16 / reynolds"),
    wrong("one_step", "numpy_mask", FRICTION, "range(iterations)", "range(1)"),
    wrong("smooth_wall", "numba_parallel", FRICTION, "roughness / 3.7 + ", ""),
    wrong("root_forgotten", "torch_eager", FRICTION, "1 / x**2", "1 / x"),
    wrong("gathered_not_scattered", "torch_mask", FRICTION,
          "friction[turbulent] = 1 / x**2", "friction[: len(x)] = 1 / x**2"),
    wrong("float32_at_the_end", "numpy_where", ": friction has dtype float32; expected float64$",
          "laminar, turbulent)", "laminar, turbulent).astype(np.float32)"),
    wrong("float32_inside", "numpy_mask", FRICTION, "= 1 / x**2", "= 1 / np.float32(x)**2"),
]  # fmt: skip
