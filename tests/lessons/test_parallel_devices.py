"""Claims of notes/parallel-devices.md, which run in a process of their own, with four devices."""

import os

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import Mesh, NamedSharding
from jax.sharding import PartitionSpec as P
from portstudy import find_kernel
from portstudy.implementations.lif_ensemble.jax_vmap import lif_ensemble

from tests.lessons.four_devices import on_four_devices


@on_four_devices
def test_a_cpu_can_be_several_devices():
    """With this flag, set before JAX starts, one processor is four devices: enough to write and
    test a program for four, but not to make it faster."""
    assert os.environ["XLA_FLAGS"] == "--xla_force_host_platform_device_count=4"
    assert len(jax.devices()) == 4


@on_four_devices
def test_an_array_lives_on_one_device():
    """An array stays on the device it was put on, and so does everything computed from it. JAX
    never mixes two devices silently."""
    first, second = (jax.device_put(jnp.ones(2), device) for device in jax.devices()[1:3])
    assert (2 * first).devices() == {jax.devices()[1]}
    with pytest.raises(ValueError, match="incompatible devices"):
        first + second


@on_four_devices
def test_a_sharding_says_which_device_holds_what():
    """A mesh gives the devices an axis with a name; a sharding says which axis of an array is split
    along it. `P()` splits nothing: every device holds all of it."""
    mesh = Mesh(jax.devices(), ("trials",))
    cut = jax.device_put(jnp.arange(8), NamedSharding(mesh, P("trials")))
    whole = jax.device_put(jnp.arange(8), NamedSharding(mesh, P()))

    assert cut.shape == whole.shape == (8,)
    assert [s.data.tolist() for s in cut.addressable_shards] == [[0, 1], [2, 3], [4, 5], [6, 7]]
    assert [s.data.shape for s in whole.addressable_shards] == [(8,)] * 4


@on_four_devices
def test_jit_computes_where_the_parts_are():
    """`jit` needs no other code for a sharded argument: it compiles one program for all four
    devices, adds the communication between them, and shards the result."""
    mesh = Mesh(jax.devices(), ("trials",))
    x = jax.device_put(jnp.arange(8.0), NamedSharding(mesh, P("trials")))
    double, total = jax.jit(lambda x: 2 * x), jax.jit(jnp.sum)

    assert double(x).sharding.spec == P("trials")
    assert "all-reduce" not in double.lower(x).compile().as_text()
    assert "all-reduce" in total.lower(x).compile().as_text()
    assert total(x) == 28


@on_four_devices
def test_shard_map_shows_a_device_its_part():
    """In `shard_map` the function is what one device does: it sees its own part, and talks to the
    others by the name of the axis, here with `psum`."""
    mesh = Mesh(jax.devices(), ("trials",))
    seen = []

    def mean(part):
        seen.append(part.shape)
        return jax.lax.psum(part.sum(), "trials") / 8

    whole = jax.shard_map(mean, mesh=mesh, in_specs=P("trials"), out_specs=P())
    assert whole(jnp.arange(8.0)) == 3.5
    assert set(seen) == {(2,)}


@on_four_devices
def test_a_forgotten_psum_is_found():
    """Without the `psum` each device has a different sum, but `out_specs=P()` promises that all
    have the same: `shard_map` refuses before it runs."""
    mesh = Mesh(jax.devices(), ("trials",))

    def total(part):
        return part.sum()

    with pytest.raises(ValueError, match="could not infer replication"):
        jax.shard_map(total, mesh=mesh, in_specs=P("trials"), out_specs=P())(jnp.arange(8.0))


@on_four_devices
def test_parts_must_be_equal():
    """Six trials cannot be split over four devices: `device_put` and `shard_map` both raise an
    error. Pad them to eight, and drop the results of the extra two."""
    mesh = Mesh(jax.devices(), ("trials",))
    square = jax.shard_map(lambda x: x**2, mesh=mesh, in_specs=P("trials"), out_specs=P("trials"))
    six = jnp.arange(6.0)

    with pytest.raises(ValueError, match="should evenly divide the shape"):
        jax.device_put(six, NamedSharding(mesh, P("trials")))
    with pytest.raises(ValueError, match="4 does not evenly divide 6"):
        square(six)

    filled = jnp.pad(six, (0, -len(six) % len(jax.devices())))
    assert square(filled)[:6].tolist() == [0, 1, 4, 9, 16, 25]


@on_four_devices
def test_filling_up_changes_a_sum_of_something_else():
    """Padding must not count. It would be part of the mean, so give it a weight of zero."""
    mesh = Mesh(jax.devices(), ("trials",))
    sharding = NamedSharding(mesh, P("trials"))
    six = jnp.full(6, 12.0)
    values, weights = (jax.device_put(jnp.pad(x, (0, 2)), sharding) for x in (six, jnp.ones(6)))

    assert jnp.mean(values) == 9
    assert jnp.average(values, weights=weights) == 12


@on_four_devices
def test_equal_to_the_bit_where_sums_are_exact():
    """Four devices add in a different order than one. On multiples of a power of two, whose sums
    are exact, the result is the same to the bit."""
    mesh = Mesh(jax.devices(), ("rows",))
    rng = np.random.default_rng(0)
    x = rng.integers(-512, 512, (64, 100)).astype(np.float32) / 64
    w = rng.integers(-512, 512, (100, 8)).astype(np.float32) / 64
    product = jax.jit(lambda x, w: (x @ w).sum(axis=0))

    one = product(x, w)
    four = product(jax.device_put(x, NamedSharding(mesh, P("rows"))), w)
    assert len(four.devices()) == 4
    assert np.asarray(one).tobytes() == np.asarray(four).tobytes()


@on_four_devices
def test_trials_need_no_words():
    """Independent trials are the simple case: `vmap` writes them as one program, sharding splits
    it, and the devices have nothing to tell each other."""
    mesh = Mesh(jax.devices(), ("trials",))

    @jax.jit
    @jax.vmap
    def decay(voltage):
        return jax.lax.scan(lambda v, _: (v - v / 8, v), voltage, length=20)

    voltage = jnp.arange(8.0)
    sharded = jax.device_put(voltage, NamedSharding(mesh, P("trials")))
    program = decay.lower(sharded).compile().as_text()
    assert not any(word in program for word in ("all-reduce", "all-gather", "collective-permute"))
    for one, four in zip(decay(voltage), decay(sharded), strict=True):
        assert (one == four).all()
        assert len(four.devices()) == 4


@on_four_devices
def test_a_port_is_cut_along_its_trials():
    """So `jax_vmap`, written for one device, runs on four unchanged if drive and state are split.
    Its spikes, counts and potentials are equal to the bit."""
    weights, *trials, parameters, steps, raster = find_kernel("lif_ensemble").make_inputs(
        "check,trials=8", "float32"
    )
    mesh = Mesh(jax.devices(), ("trials",))
    cut = jax.device_put(trials, NamedSharding(mesh, P("trials")))
    one = lif_ensemble(weights, *trials, parameters, steps, raster)
    four = lif_ensemble(weights, *cut, parameters, steps, raster)

    for x, y in zip(jax.tree.leaves(one), jax.tree.leaves(four), strict=True):
        assert [part.data.shape[0] for part in y.addressable_shards] == [2, 2, 2, 2]
        assert np.asarray(x).tobytes() == np.asarray(y).tobytes()


@on_four_devices
def test_a_constraint_says_where_to_cut_inside():
    """Inside a compiled function, `with_sharding_constraint` says how an array is to be split from
    there on."""
    mesh = Mesh(jax.devices(), ("trials",))

    @jax.jit
    def trials(key):
        noise = jax.random.normal(key, (8, 3))
        return jax.lax.with_sharding_constraint(noise, NamedSharding(mesh, P("trials")))

    result = trials(jax.random.key(0))
    assert result.sharding.spec == P("trials")
    assert (result == jax.random.normal(jax.random.key(0), (8, 3))).all()


@on_four_devices
def test_pmap_wanted_an_axis_of_devices():
    """`pmap`, the older of the two, wants a first axis exactly as long as there are devices, and
    takes it away. `shard_map` splits an axis of any length that divides evenly."""
    mesh = Mesh(jax.devices(), ("i",))

    def share(x):
        return x / jax.lax.psum(x.sum(), "i")

    old = jax.pmap(share, axis_name="i")(jnp.arange(8.0).reshape(4, 2))
    new = jax.shard_map(share, mesh=mesh, in_specs=P("i"), out_specs=P("i"))(jnp.arange(8.0))
    assert old.shape == (4, 2)
    assert (old.reshape(8) == new).all()
    with pytest.raises(ValueError, match="size not equal to one"):
        jax.pmap(share, axis_name="i")(jnp.arange(8.0))
