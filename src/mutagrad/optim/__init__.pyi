"""What `mutagrad.optim` offers. Written by `tools/write_stubs.py`: not to be edited."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from mutagrad.tensor import Tensor
from mutagrad.optim.rprop import ASGD as ASGD
from mutagrad.optim.adagrad import Adadelta as Adadelta
from mutagrad.optim.adafactor import Adafactor as Adafactor
from mutagrad.optim.adagrad import Adagrad as Adagrad
from mutagrad.optim.adam import Adam as Adam
from mutagrad.optim.adam import AdamW as AdamW
from mutagrad.optim.adam import Adamax as Adamax
from mutagrad.optim.lbfgs import LBFGS as LBFGS
from mutagrad.optim.adam import NAdam as NAdam
from mutagrad.optim.optimizer import Optimizer as Optimizer
from mutagrad.optim.adam import RAdam as RAdam
from mutagrad.optim.adagrad import RMSprop as RMSprop
from mutagrad.optim.rprop import Rprop as Rprop
from mutagrad.optim.sgd import SGD as SGD
from mutagrad.optim import adafactor as adafactor
from mutagrad.optim import adagrad as adagrad
from mutagrad.optim import adam as adam
from mutagrad.optim import elementwise as elementwise
from mutagrad.optim import lbfgs as lbfgs
from mutagrad.optim import lr_scheduler as lr_scheduler
from mutagrad.optim import optimizer as optimizer
from mutagrad.optim import rprop as rprop
from mutagrad.optim import schedules as schedules
from mutagrad.optim import sgd as sgd
from mutagrad.optim import swa_utils as swa_utils
