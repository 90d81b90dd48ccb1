"""`python -m common` is `portstudy`."""

import sys

from common.cli import main

sys.exit(main())
