"""Files that one does not trust run no code; broken ones are refused; interrupted writes leave the old file."""

import collections
import io
import os
import pickle
import zipfile

import pytest

import mutagrad
from mutagrad import serialization

RAN = []


def ran(*args):
    RAN.append(args)
    return {}


class Hostile:
    """An object whose pickle calls a function of its choice."""

    def __init__(self, function, *args):
        self.call = function, args

    def __reduce__(self):
        return self.call


class Own:
    """A class of a user."""

    def __init__(self, value=1):
        self.value = value


def archive(content, **entries):
    """A file of PyTorch's format with this pickle."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("archive/data.pkl", content)
        made.writestr("archive/version", "3\n")
        for name, data in entries.items():
            made.writestr(f"archive/data/{name}", data)
    file.seek(0)
    return file


def saved(obj):
    file = io.BytesIO()
    mutagrad.save(obj, file)
    file.seek(0)
    return file


@pytest.mark.parametrize("protocol", [0, 1, 2, 4, 5])
@pytest.mark.parametrize(
    "hostile",
    [Hostile(ran, 1), Hostile(os.system, "true"), Hostile(eval, "ran()"), Hostile(getattr, "text", "upper"), Own()],
    ids=["function", "system", "eval", "getattr", "class"],
)
def test_nothing_of_a_file_is_run(hostile, protocol):
    """Whatever function a pickle names, in whatever protocol, it is refused before anything is called."""
    RAN.clear()
    with pytest.raises(pickle.UnpicklingError, match="Weights only load failed"):
        mutagrad.load(archive(pickle.dumps({"a": [hostile]}, protocol)))

    assert not RAN


@pytest.mark.parametrize(
    "program",
    [
        b"\x80\x02ccollections\nOrderedDict\n)R}X\x01\x00\x00\x00aK\x01sb.",  # attributes of a dictionary: allowed
        b"\x80\x02ctorch\nSize\nN}X\x01\x00\x00\x00aK\x01s\x86b.",  # attributes of a class
        b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n}X\x0c\x00\x00\x00__defaults__)sb.",  # of a function
        b"\x80\x02ccollections\nOrderedDict\nX\x01\x00\x00\x00ac__builtin__\ngetattr\n\x86R.",
        b"\x80\x02(i__main__\nOwn\n.",  # instructions that make objects of any class
        b"\x80\x02]K\x01a0.",
        b"\x80\x02X\x01\x00\x00\x00aQ.",  # a persistent reference that is none
        b"\x80\x02.",
        b"\x80\x02]",
    ],
)
def test_no_instruction_reaches_beyond_the_list(program):
    """Attributes are set of what a listed call has made, and unknown instructions are refused."""
    if program.endswith(b"sb.") and b"OrderedDict" in program:
        assert mutagrad.load(archive(program)).a == 1
        return
    with pytest.raises(pickle.UnpicklingError):
        mutagrad.load(archive(program))


def tensor_program(offset, size, stride):
    """The pickle of a tensor over a storage of three numbers."""
    content = saved(mutagrad.ones(3))
    with zipfile.ZipFile(content) as made:
        program = made.read("archive/data.pkl")
    assert b"K\x00K\x03\x85" in program
    changed = b"K" + bytes([offset]) + b"K" + bytes([size]) + b"\x85"
    at = program.index(b"K\x00K\x03\x85")
    rest = program[at + 5 :].replace(b"K\x01\x85", b"K" + bytes([stride]) + b"\x85", 1)
    return program[:at] + changed + rest


@pytest.mark.parametrize("offset, size, stride", [(0, 4, 1), (1, 3, 1), (0, 2, 3), (3, 1, 1), (200, 1, 1)])
def test_no_tensor_reaches_beyond_its_storage(offset, size, stride):
    """Sizes, strides and offsets are checked against the memory there is."""
    with pytest.raises(RuntimeError, match="out of bounds for storage of size 12"):
        mutagrad.load(archive(tensor_program(offset, size, stride), **{"0": b"\0" * 12}))


def test_a_storage_that_is_cut_short_is_refused():
    """A file whose storage has fewer bytes than it says is broken."""
    with pytest.raises(RuntimeError, match="storage 0 has 8 bytes"):
        mutagrad.load(archive(tensor_program(0, 3, 1), **{"0": b"\0" * 8}))


@pytest.mark.parametrize(
    "content, error",
    [(b"", EOFError), (b"abcdefgh", pickle.UnpicklingError), (b"PK\x03\x04xxxx", RuntimeError)],
)
def test_what_is_no_such_file_is_refused(content, error):
    """Empty files, files of another kind, and broken archives."""
    with pytest.raises(error):
        mutagrad.load(io.BytesIO(content))


def test_a_user_can_list_a_class():
    """`safe_globals` lets a class be loaded within, `add_safe_globals` from then on."""
    file = saved(Own(5))
    with pytest.raises(pickle.UnpicklingError, match="add_safe_globals"):
        mutagrad.load(file)
    file.seek(0)
    with serialization.safe_globals([Own]):
        assert mutagrad.load(file).value == 5

    assert serialization.get_safe_globals() == []
    file.seek(0)
    assert mutagrad.load(file, weights_only=False).value == 5


def test_a_whole_module_can_be_loaded_from_a_trusted_file():
    """With `weights_only=False` objects of any class are loaded."""
    network = mutagrad.nn.Sequential(mutagrad.nn.Linear(2, 3), mutagrad.nn.ReLU())
    back = mutagrad.load(saved(network), weights_only=False)
    x = mutagrad.ones(1, 2)

    assert mutagrad.equal(back(x), network(x))


class Torn:
    """An object whose pickling fails after something was written."""

    def __reduce__(self):
        raise KeyboardInterrupt


def test_an_interrupted_write_leaves_the_old_file(tmp_path):
    """The old file stays whole and nothing is left beside it; a complete write replaces it, with its permissions."""
    path = tmp_path / "model.pt"
    mutagrad.save(mutagrad.ones(2), path)
    path.chmod(0o640)
    with pytest.raises(KeyboardInterrupt):
        mutagrad.save([mutagrad.zeros(1000), Torn()], path)

    assert mutagrad.equal(mutagrad.load(path), mutagrad.ones(2))
    assert os.listdir(tmp_path) == ["model.pt"]
    mutagrad.save(mutagrad.zeros(2), str(path))
    assert mutagrad.equal(mutagrad.load(str(path)), mutagrad.zeros(2))
    assert path.stat().st_mode & 0o777 == 0o640


def test_links_stay_links_and_missing_folders_are_told(tmp_path):
    """A write through a symbolic link replaces what it points to."""
    (tmp_path / "link").symlink_to(tmp_path / "real.pt")
    mutagrad.save(mutagrad.ones(1), tmp_path / "link")

    assert (tmp_path / "link").is_symlink() and (tmp_path / "real.pt").is_file()
    with pytest.raises(RuntimeError, match=r"Parent directory .* does not exist"):
        mutagrad.save(1, tmp_path / "none" / "x.pt")


def test_map_location():
    """Everything comes to the CPU; another device is refused; a function is told of each storage."""
    file, told = saved([mutagrad.ones(2), mutagrad.zeros(1)]), []
    mutagrad.load(file, map_location=lambda storage, location: told.append((storage.nbytes(), location)))

    assert told == [(8, "cpu"), (4, "cpu")]
    for fits in ("cpu", mutagrad.device("cpu"), {"cuda:0": "cpu"}):
        file.seek(0)
        assert len(mutagrad.load(file, map_location=fits)) == 2
    file.seek(0)
    with pytest.raises(RuntimeError):
        mutagrad.load(file, map_location="cuda")


def test_a_tensor_of_part_of_a_storage_keeps_the_whole():
    """As in PyTorch: the storage is saved, whatever part of it a tensor shows; a clone has its own."""
    large = mutagrad.zeros(10000)

    assert len(saved(large[:2]).getvalue()) > 40000 > len(saved(large[:2].clone()).getvalue())
    assert mutagrad.load(saved(collections.OrderedDict(a=large[:2])))["a"].untyped_storage().nbytes() == 40000
