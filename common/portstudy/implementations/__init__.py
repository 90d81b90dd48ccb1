"""The kernels of this project: in a checkout its top-level folder, in a wheel what is beside this.

`implementations/lif/spec.py` is imported as `portstudy.implementations.lif.spec` in both.
"""

from portstudy.checkout import IMPLEMENTATIONS

__path__ = [str(IMPLEMENTATIONS)]
