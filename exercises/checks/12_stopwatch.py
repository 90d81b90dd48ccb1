"""A stopwatch that is not fooled: the check."""


class Output:
    """A result that is ready once you have waited for it."""

    def __init__(self, machine, work):
        self.machine, self.work = machine, work

    def block_until_ready(self):
        self.machine.now += self.work
        self.work = 0
        return self


class Machine:
    """A clock, and a function that takes 100 s at first and then 1 to 9 s, in the background."""

    def __init__(self):
        self.now, self.calls = 0.0, 0

    def clock(self):
        return self.now

    def function(self, x):
        work = [100, 1, 9, 2, 3, 2][min(self.calls, 5)]
        self.calls += 1
        self.now += 0.001  # the dispatch
        return Output(self, work)


def check(task):
    machine = Machine()
    measured = task.seconds(machine.function, 0, machine.clock)
    assert measured > 0.1, "only the dispatch was timed: nobody waited for the output"
    assert machine.calls == 6, f"{machine.calls} calls; expected: one to compile, five to time"
    assert measured < 50, "the first call, which compiles, was counted"
    assert abs(measured - 3.4) > 0.01, "one call that was disturbed moves the mean"
    assert abs(measured - 2.001) < 1e-6, f"{measured:.4g} s; expected 2.001 s"
