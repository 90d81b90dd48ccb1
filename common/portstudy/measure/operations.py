"""The additions and multiplications that a call of a JAX function takes, counted in its jaxpr.

Each primitive has a rule for its shapes. Loops and branches depend on values, so they are run: a
function is made that takes the same arguments and returns the count, to which each pass of a loop
adds, and the branch that was taken. XLA drops from it all that the count does not depend on.

Only what returns real or complex numbers is counted: indices, comparisons and selections are not.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from portstudy.trees import fill, leaves
from portstudy.work import EXPONENTIAL

TRANSCENDENTAL = {
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cos", "cosh",
    "cumlogsumexp", "digamma", "erf", "erf_inv", "erfc", "exp", "exp2", "expm1", "lgamma", "log",
    "log1p", "logistic", "pow", "sin", "sinh", "tan", "tanh",
}  # fmt: skip
MOVES = {
    "bitcast_convert_type", "broadcast_in_dim", "clamp", "concatenate", "convert_element_type",
    "copy", "copy_p", "device_put", "dynamic_slice", "dynamic_update_slice", "gather", "imag",
    "optimization_barrier", "pad", "real", "reduce_precision", "reshape", "rev", "scatter",
    "select_n", "slice", "split", "squeeze", "stop_gradient", "transpose",
}  # fmt: skip
CALLS = {
    "checkpoint", "closed_call", "core_call", "custom_jvp_call", "custom_vjp_call", "jit", "pjit",
    "remat2",
}  # fmt: skip
"""They do no more than call the jaxpr that they are given."""
PRODUCTS = {"cholesky", "conv_general_dilated", "dot_general", "lu", "triangular_solve"}
OPAQUE = {"eig", "eigh", "hessenberg", "householder_product", "qr", "schur", "svd", "tridiagonal"}


class Counted(NamedTuple):
    """What one call takes."""

    operations: float
    unseen: tuple[str, ...]
    """Primitives that are counted as one operation for each value, for want of a rule."""


def operations(function: Callable, arguments: Any) -> Counted:
    """Count a call of a function; `arguments` is a tree whose JAX arrays are traced.

    All else in it stays as it is. Raises what the function raises when it is traced.
    """
    import jax
    import jax.numpy as jnp
    from jax.interpreters.partial_eval import dce_jaxpr

    flat = leaves(arguments)
    arrays = [x for x in flat if isinstance(x, jax.Array)]

    def traced(*arrays: Any) -> list:
        rest = iter(arrays)
        given = fill(arguments, [next(rest) if isinstance(x, jax.Array) else x for x in flat])
        return [leaf for leaf in leaves(function(*given)) if hasattr(leaf, "dtype")]

    closed = jax.make_jaxpr(traced)(*arrays)
    # What no output needs is not computed: the value, where a gradient alone is returned.
    needed, _ = dce_jaxpr(closed.jaxpr, [True] * len(closed.jaxpr.outvars), instantiate=True)
    counter = _Counter()
    with jax.enable_x64(True):  # float32 cannot count beyond 2**24
        count = jax.jit(lambda *x: jnp.float64(counter.run(needed, closed.consts, x)[1]))
        return Counted(float(count(*arrays)), tuple(sorted(counter.unseen)))


class _Counter:
    """Runs jaxprs, and counts."""

    def __init__(self) -> None:
        self.unseen: set[str] = set()
        self.loops: dict[str, Callable] = {
            "while": self._while, "scan": self._scan, "cond": self._cond,
            "custom_linear_solve": self._solve,
        }  # fmt: skip

    def run(self, jaxpr: Any, consts: Sequence, arguments: Sequence) -> tuple[list, Any]:
        """The outputs of a jaxpr, and its operations: a number, or a traced one."""
        values = dict(zip((*jaxpr.constvars, *jaxpr.invars), (*consts, *arguments), strict=True))

        def read(x: Any) -> Any:
            return x.val if hasattr(x, "val") else values[x]  # a literal, or a variable

        total: Any = 0.0
        for equation in jaxpr.eqns:
            inputs = [read(x) for x in equation.invars]
            name, given = equation.primitive.name, equation.params
            if name in self.loops:
                outputs, count = self.loops[name](inputs, **given)
            elif name in CALLS:
                called = given["jaxpr" if "jaxpr" in given else "call_jaxpr"]
                outputs, count = self.closed(called, inputs)
            else:
                outputs, count = equation.primitive.bind(*inputs, **given), self.rule(equation)
                outputs = outputs if equation.primitive.multiple_results else [outputs]
            values.update(zip(equation.outvars, outputs, strict=True))
            total = total + count
        return [read(x) for x in jaxpr.outvars], total

    def closed(self, jaxpr: Any, arguments: Sequence) -> tuple[list, Any]:
        consts = getattr(jaxpr, "consts", ())
        return self.run(getattr(jaxpr, "jaxpr", jaxpr), consts, arguments)

    def _while(
        self, inputs: list, cond_nconsts: int, cond_jaxpr: Any, body_nconsts: int, body_jaxpr: Any
    ) -> tuple[list, Any]:
        import jax
        import jax.numpy as jnp

        test, rest = inputs[:cond_nconsts], inputs[cond_nconsts:]
        body, start = rest[:body_nconsts], rest[body_nconsts:]

        def step(carry: tuple) -> tuple:
            total, state = carry
            (more,), testing = self.closed(cond_jaxpr, [*test, *state])
            moved, count = self.closed(body_jaxpr, [*body, *state])
            if more.ndim:  # under vmap: all of them go on until the last has ended
                masks = [jnp.expand_dims(more, [*range(more.ndim, x.ndim)]) for x in state]
                moved = [jnp.where(*each) for each in zip(masks, moved, state, strict=True)]
            return total + testing + count, moved

        def more(carry: tuple) -> Any:
            return self.closed(cond_jaxpr, [*test, *carry[1]])[0][0].any()

        total, state = jax.lax.while_loop(more, step, (_zero(), start))
        return state, total

    def _scan(
        self, inputs: list, jaxpr: Any, num_consts: int, num_carry: int, length: int,
        reverse: bool, **_: Any,
    ) -> tuple[list, Any]:  # fmt: skip
        import jax

        consts, rest = inputs[:num_consts], inputs[num_consts:]

        def step(carry: tuple, row: list) -> tuple:
            outputs, count = self.closed(jaxpr, [*consts, *carry[1], *row])
            return (carry[0] + count, outputs[:num_carry]), outputs[num_carry:]

        start = (_zero(), rest[:num_carry])
        (total, state), rows = jax.lax.scan(step, start, rest[num_carry:], length, reverse)
        return [*state, *rows], total

    def _cond(self, inputs: list, branches: Sequence, **_: Any) -> tuple[list, Any]:
        import jax

        def run(branch: Any) -> Callable:
            def counted(*given: Any) -> tuple:
                outputs, count = self.closed(branch, given)
                return outputs, _zero() + count

            return counted

        return jax.lax.switch(inputs[0], [run(branch) for branch in branches], *inputs[1:])

    def _solve(self, inputs: list, const_lengths: Any, jaxprs: Any) -> tuple[list, Any]:
        start = const_lengths.matvec + const_lengths.vecmat
        own, right = inputs[start : start + const_lengths.solve], inputs[sum(const_lengths) :]
        return self.closed(jaxprs.solve, [*own, *right])

    def rule(self, equation: Any) -> float:
        """The operations of a primitive, by its shapes."""
        import jax.numpy as jnp

        name, given = equation.primitive.name, equation.params
        shapes = [x.aval for x in equation.invars]
        outputs = [x.aval for x in equation.outvars]
        real = [x for x in outputs if jnp.issubdtype(x.dtype, jnp.inexact)]
        if not real or not shapes or name in MOVES:
            return 0
        size = float(max(x.size for x in outputs))
        # A complex product is four real ones and two sums; a complex sum is two.
        is_complex = jnp.issubdtype(real[0].dtype, jnp.complexfloating)
        parts = (4 if name in PRODUCTS else 6 if name == "mul" else 2) if is_complex else 1
        rows, columns = (1, 1, *shapes[0].shape)[-2:]  # of linear algebra's matrices
        if name in TRANSCENDENTAL:
            count = EXPONENTIAL * size
        elif name == "integer_pow":
            count = size * max(1, abs(given["y"]).bit_length() - 1)
        elif name.startswith(("reduce_", "cum")):
            count = shapes[0].size
        elif name.startswith("scatter"):
            count = shapes[2].size
        elif name == "sort":
            count = size * math.log2(max(1, shapes[0].shape[given["dimension"]]))
        elif name == "dot_general":
            (summed, _), _ = given["dimension_numbers"]
            terms = math.prod(shapes[0].shape[axis] for axis in summed)
            count = size * (2 * terms if summed else 1)
        elif name == "conv_general_dilated":
            count = 2 * _meetings(shapes[0].shape, shapes[1].shape, outputs[0].shape, **given)
        elif name == "fft":
            count = 2.5 * size * math.log2(max(1, math.prod(given["fft_lengths"])))
        elif name == "cholesky":
            count = size * columns / 3
        elif name == "lu":
            count = size * min(rows, columns) * 2 / 3
        elif name == "triangular_solve":
            count = size * columns
        else:
            if name in OPAQUE or len(outputs) > 1 or "jaxpr" in given or name.endswith("call"):
                self.unseen.add(name)
            count = size
        return float(count * parts)


def _zero() -> Any:
    import jax.numpy as jnp

    return jnp.float64(0)


def _meetings(
    image: Sequence[int], kernel: Sequence[int], result: Sequence[int], *,
    dimension_numbers: Any, feature_group_count: int, batch_group_count: int, **_: Any,
) -> float:  # fmt: skip
    """How often a value of an image meets one of the kernel, padding left out."""
    left, right, out = dimension_numbers
    places = zip(left[2:], right[2:], out[2:], strict=True)
    # A place of the image and one of the kernel meet in one place of the result at most.
    spatial = math.prod(min(image[i], result[k]) * kernel[j] for i, j, k in places)
    return float(spatial * result[out[0]] * result[out[1]] * kernel[right[1]])
