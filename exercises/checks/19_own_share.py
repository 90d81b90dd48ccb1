"""A mean over devices, each with a share: the check."""

import jax
import jax.numpy as jnp


def check(task):
    automatic = (jax.sharding.AxisType.Auto,)
    mesh = jax.make_mesh((jax.device_count(),), ("d",), axis_types=automatic)
    x = jnp.arange(12.0 * jax.device_count())
    y = task.mean(x, mesh)
    assert y.shape == (), f"a mean of shape {y.shape}"
    assert float(y) == float(x.mean()), f"{float(y)}; expected {float(x.mean())}"
    program = str(jax.make_jaxpr(lambda x: task.mean(x, mesh))(x))
    assert "shard_map" in program, "no shard_map in the program"
    assert "psum" in program, "nothing is added over the axis: on two devices it would be wrong"
