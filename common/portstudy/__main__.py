"""`python -m portstudy` is `portstudy`."""

import sys

from portstudy.cli import main

sys.exit(main())
