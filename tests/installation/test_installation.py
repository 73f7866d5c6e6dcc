"""Programs with their own `import torch` run on this library after `install_as_torch()`."""

import subprocess
import sys

PROGRAM = """
import mutagrad
mutagrad.install_as_torch()
{body}
"""

UNTOUCHED = """
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.backends.cudnn as cudnn
import torch.jit
import torch.multiprocessing
import torch.onnx
import torch.optim as optim
from torch.cuda.amp import GradScaler
from torch.utils.hooks import RemovableHandle
from torch import Tensor
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.module import Module
from torch.nn.utils import clip_grad_norm_
from torch.nn.utils.rnn import pad_sequence
from torch.optim.lr_scheduler import StepLR
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.dataloader import default_collate

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
assert not torch.backends.cudnn.is_available() and not torch.backends.mps.is_available()
torch.backends.cudnn.deterministic = True
cudnn.benchmark = True
assert torch.accelerator.current_accelerator() is None and not torch.distributed.is_available()
torch.manual_seed(0)
torch.cuda.manual_seed_all(0)
model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(inplace=True), nn.Linear(8, 2)).to(device)
optimizer = optim.SGD(model.parameters(), lr=0.1)
loader = DataLoader(TensorDataset(torch.randn(16, 4), torch.randint(0, 2, (16,))), batch_size=8, shuffle=True)
for x, y in loader:
    optimizer.zero_grad()
    F.cross_entropy(model(x), y).backward()
    clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
assert isinstance(model[1], _BatchNorm) and issubclass(nn.Linear, Module) and isinstance(x, Tensor)
assert torch is mutagrad and sys.modules["torch.nn"] is mutagrad.nn
try:
    import torch.nothing
except ImportError:
    print("done")
"""

BOTH = """
from torch.autograd.gradcheck import GradcheckError
from torch.nn.utils.weight_norm import WeightNorm
import torch
torch.nn.utils.weight_norm(torch.nn.Linear(2, 2))
try:
    torch.autograd.gradcheck(lambda x: x * x.detach(), torch.ones(2, dtype=torch.double, requires_grad=True))
except GradcheckError:
    print("done")
"""

TOO_LATE = """
import types
sys.modules["torch"] = types.ModuleType("torch")
try:
    mutagrad.install_as_torch()
except RuntimeError as error:
    print(error)
"""


def output_of(body, is_first=True):
    program = PROGRAM.format(body=body) if is_first else f"import mutagrad\n{body}"
    ran = subprocess.run([sys.executable, "-c", f"import sys\n{program}"], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_an_untouched_program_runs():
    """Imports below `torch`, from it, and of names that are elsewhere here find this library's."""
    assert output_of(UNTOUCHED) == "done\n"


def test_a_name_may_be_a_function_and_a_module():
    """`torch.autograd.gradcheck` stays the function when something is imported from the module of that name."""
    assert output_of(BOTH) == "done\n"


def test_it_is_refused_when_pytorch_is_there_already():
    """The two would mix."""
    assert "PyTorch has been imported already" in output_of(TOO_LATE, is_first=False)


def test_importing_the_library_imports_no_scipy():
    """Its modules are imported when one of their functions is first called."""
    assert output_of("print([name for name in sys.modules if name.startswith('scipy')])").strip() == "[]"
