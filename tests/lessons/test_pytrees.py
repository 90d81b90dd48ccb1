"""Claims of notes/pytrees.md."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numba
import numpy as np
import pytest
import torch
from torch.utils import _pytree as torch_tree


class Neuron(NamedTuple):
    voltage: Any  # mV
    tau: Any  # ms


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Labelled:
    voltage: Any
    label: str = field(metadata={"static": True})


def test_a_leaf_is_what_is_not_a_container():
    """Tuples, lists, dicts and NamedTuples are containers; anything else in them is a leaf. A
    dict's keys are sorted, and `None` is a container with nothing in it."""
    assert jax.tree.leaves((1, [2.0, "three"])) == [1, 2.0, "three"]
    assert jax.tree.leaves(Neuron(voltage=-65.0, tau=16.0)) == [-65.0, 16.0]
    assert jax.tree.leaves({"b": 1, "a": 2}) == [2, 1]
    assert jax.tree.leaves([None, 1]) == [1]


def test_tree_map_keeps_the_structure():
    """`tree.map` applies a function to each leaf, or to matching leaves of several trees, and
    returns a tree like the first."""
    network = {"hidden": Neuron(1.0, 2.0), "output": Neuron(3.0, 4.0)}
    slopes = {"hidden": Neuron(0.5, 0.5), "output": Neuron(0.0, 1.0)}
    step = jax.tree.map(lambda value, slope: value - slope, network, slopes)
    assert step == {"hidden": Neuron(0.5, 1.5), "output": Neuron(3.0, 3.0)}


def test_structures_must_match():
    """A tuple is not a list, and a dict with one more key is another structure: the error says
    where."""

    def add(x, y):
        return x + y

    with pytest.raises(ValueError, match="different types at key path"):
        jax.tree.map(add, (1, 2), [1, 2])
    with pytest.raises(ValueError, match="symmetric difference on key sets is\n    b"):
        jax.tree.map(add, {"a": 1}, {"a": 1, "b": 2})


def test_many_trees_become_one_tree_of_stacks():
    """Three neurons become one tree with arrays of three, which `vmap` takes apart again."""
    neurons = [Neuron(-65.0, 16.0), Neuron(-60.0, 8.0), Neuron(-55.0, 4.0)]
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *neurons)
    assert stacked.voltage.shape == stacked.tau.shape == (3,)

    rates = jax.vmap(lambda neuron: neuron.voltage / neuron.tau)(stacked)
    assert rates.tolist() == [n.voltage / n.tau for n in neurons]


def test_in_axes_may_be_a_tree():
    """`in_axes` may be a tree like the argument, or the beginning of one: a number there holds for
    everything below it."""

    def decay(neuron, drive):
        return (drive["in"] - neuron.voltage) / neuron.tau

    neuron, drive = Neuron(jnp.arange(3.0), 2.0), {"in": jnp.ones(3), "noise": jnp.ones(3)}
    each = jax.vmap(decay, in_axes=(Neuron(0, None), 0))(neuron, drive)
    assert each.tolist() == [0.5, 0, -0.5]


def test_the_gradient_is_a_tree_like_the_argument():
    """The gradient with respect to a tree is a tree of the same structure, so a learning step is
    one `tree.map`. `torch.func` does the same."""

    def loss(weights):
        return (weights["w"] * weights["b"]).sum()

    slopes = jax.grad(loss)({"w": jnp.ones(2), "b": jnp.arange(2.0)})
    assert jax.tree.map(list, slopes) == {"w": [0, 1], "b": [1, 1]}

    slopes = torch.func.grad(loss)({"w": torch.ones(2), "b": torch.arange(2.0)})
    assert {name: slope.tolist() for name, slope in slopes.items()} == {"w": [0, 1], "b": [1, 1]}


def test_every_leaf_is_differentiated():
    """An integer among the leaves makes `grad` fail, even if it only counts something: put whatever
    is not a parameter into another argument."""

    def loss(weights, n):
        return weights["w"] ** 2 / n

    with pytest.raises(TypeError, match="grad requires real- or complex-valued inputs"):
        jax.grad(lambda tree: loss(tree, tree["n"]))({"w": 3.0, "n": 2})
    assert jax.grad(loss)({"w": 3.0}, 2) == {"w": 3}


def test_scan_wants_the_carry_as_it_was():
    """What a step of `scan` passes on must have the structure that it was given: a list that became
    a tuple, or a `None` that became an array, is an error."""

    def as_tuple(carry, _):
        voltage, tau = carry
        return (voltage / 2, tau), voltage

    def filled(neuron, _):
        return neuron._replace(tau=neuron.voltage), None

    with pytest.raises(TypeError, match="the same pytree structure"):
        jax.lax.scan(as_tuple, [1.0, 2.0], length=2)
    with pytest.raises(TypeError, match="is a <class 'NoneType'>"):
        jax.lax.scan(filled, Neuron(1.0, None), length=2)
    assert jax.lax.scan(as_tuple, (1.0, 2.0), length=2)[0] == (0.25, 2)


def test_scan_wants_types_as_they_were():
    """Types and shapes must stay the same, too: int32 cannot become float32 on the way. Only a
    Python number, whose type is weak, gives way."""

    def grow(x, _):
        return x + 0.5, None

    with pytest.raises(TypeError, match=r"input carry x has type int32.* type float32"):
        jax.lax.scan(grow, jnp.int32(0), length=2)
    assert jax.lax.scan(grow, 0, length=2)[0] == 1


def test_a_plain_class_is_a_leaf():
    """A class that JAX has not been told about is a single leaf, and `jit` refuses it as an
    argument."""

    @dataclass
    class Plain:
        voltage: Any

    plain = Plain(jnp.ones(2))
    assert jax.tree.leaves(plain) == [plain]
    with pytest.raises(TypeError, match="non-array argument"):
        jax.jit(lambda plain: plain.voltage)(plain)


def test_a_static_field_belongs_to_the_structure():
    """In a registered dataclass a static field is not a leaf: it belongs to the structure. So `jit`
    traces again when it changes, and two trees that differ in it do not match."""
    traced = []

    @jax.jit
    def double(neuron):
        traced.append(neuron.label)
        return 2 * neuron.voltage

    assert jax.tree.leaves(Labelled(1.0, "a")) == [1.0]
    double(Labelled(1.0, "a")), double(Labelled(2.0, "a")), double(Labelled(2.0, "b"))
    assert traced == ["a", "b"]
    with pytest.raises(ValueError, match="different pytree metadata"):
        jax.tree.map(lambda x, y: x + y, Labelled(1.0, "a"), Labelled(1.0, "b"))


def test_a_path_names_a_leaf():
    """Each leaf has a path that names it, ready for an error message."""
    tree = {"hidden": [Neuron(1.0, 2.0)]}
    names = [jax.tree_util.keystr(path) for path, _ in jax.tree.leaves_with_path(tree)]
    assert names == ["['hidden'][0].voltage", "['hidden'][0].tau"]


def test_torch_orders_and_counts_otherwise():
    """PyTorch's trees (`torch.utils._pytree`, which is private) differ in two ways: a dict keeps
    the order in which it was filled, and `None` is a leaf."""
    tree = {"b": 1, "a": (None, 2)}
    assert torch_tree.tree_leaves(tree) == [1, None, 2]
    assert jax.tree.leaves(tree) == [2, 1]


def test_numba_takes_a_namedtuple():
    """To Numba a NamedTuple is a struct: a function can take one, read its fields by name, and
    return another."""

    @numba.njit
    def relaxed(neuron):
        return Neuron(neuron.voltage / neuron.tau, neuron.tau)

    result = relaxed(Neuron(np.array([16.0, 32.0]), 8.0))
    assert isinstance(result, Neuron)
    assert result.voltage.tolist() == [2, 4]


def test_numba_knows_no_replace():
    """It has no methods there: `_replace` is unknown, so write the tuple out."""

    @numba.njit
    def slower(neuron):
        return neuron._replace(tau=2 * neuron.tau)

    with pytest.raises(numba.TypingError, match="Unknown attribute '_replace'"):
        slower(Neuron(1.0, 8.0))


def test_numba_takes_no_dict_of_arrays():
    """Numba does not accept a Python dict. `numba.typed.Dict` has one type for all its values:
    here, contiguous arrays of float64 with one axis."""

    @numba.njit
    def total(tree):
        return tree["a"].sum() + tree["b"].sum()

    arrays = {"a": np.ones(2), "b": np.ones(3)}
    with pytest.raises(numba.TypingError, match="Cannot determine Numba type of <class 'dict'>"):
        total(arrays)

    typed = numba.typed.Dict()
    typed["a"], typed["b"] = arrays["a"], arrays["b"]
    assert total(typed) == 5
    assert numba.typeof(typed).value_type == numba.float64[::1]
