"""What was traced: the check."""

import jax
import jax.numpy as jnp


def check(task):
    x = jnp.eye(3)
    assert task.products(lambda x: x + 1, x) == 0, "a sum is not a matrix product"
    assert task.products(lambda x: x @ x @ x, x) == 2, "x @ x @ x has two"
    assert task.products(jax.jit(lambda x: x @ x), x) == 1, "misses one in a jitted function"

    def loop(x):
        return jax.lax.scan(lambda y, _: (y @ x, None), x, length=100)[0]

    found = task.products(loop, x)
    assert found == 1, f"a scan of 100 steps has one in its body; found {found}"
    assert task.products(jax.grad(lambda x: (x @ x).sum()), x) >= 2, "misses some in a gradient"

    def branches(x):
        return jax.lax.cond(x[0, 0] > 0, lambda x: x @ x, lambda x: x @ (x @ x), x)

    assert task.products(branches, x) == 3, "the branches of a cond have three"
