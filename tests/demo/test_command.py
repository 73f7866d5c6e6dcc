"""The command `mutagrad demo`: its exit code, what it prints and saves, and what it says where something is missing."""

import re
import runpy
import sys

import pytest

from mutagrad import __main__ as program
from mutagrad import requirements

for module in requirements.EXTRAS["demo"]:
    pytest.importorskip(module, reason="needs the extra demo")

from click.testing import CliRunner  # noqa: E402
from matplotlib.image import imread  # noqa: E402
from rich.console import Console  # noqa: E402

from mutagrad.command_line import command_line  # noqa: E402
from mutagrad.demo.command import follow  # noqa: E402


@pytest.fixture(scope="module")
def quick_run(tmp_path_factory):
    """One run of `mutagrad demo --quick`, its output piped, and the folder of its pictures."""
    folder = tmp_path_factory.mktemp("demo") / "made" / "by it"
    return CliRunner().invoke(command_line, ["demo", "--quick", "--out", str(folder)]), folder


def test_it_ends_well(quick_run):
    """Both jobs run to their end."""
    result, _ = quick_run

    assert result.exit_code == 0, result.output


def test_it_prints_what_the_jobs_achieved(quick_run):
    """The classifier reads most images even in a quick run, and the error of the speed halves."""
    result, _ = quick_run
    accuracy, before, after = (float(figure) for figure in re.findall(r"([\d.]+)%", result.output))

    assert accuracy >= 94
    assert after < before / 2


def test_it_ends_by_saying_what_was_overwritten(quick_run):
    """Each job's line says how many saved values it overwrote and how many bytes were kept."""
    result, _ = quick_run
    lines = [re.split(r"\s{2,}", line.strip()) for line in result.output.splitlines()]

    assert ["handwritten digits", "540", "8.8 MB"] in lines
    assert ["speed of sound", "7,470", "5.9 MB"] in lines


def test_piped_output_is_plain(quick_run):
    """No colours, no bars, and nothing wider than 80 columns but the paths."""
    result, _ = quick_run
    lines = [line for line in result.output.splitlines() if "Picture" not in line]

    assert "\x1b" not in result.output
    assert "━" not in result.output
    assert all(len(line) <= 80 for line in lines)


@pytest.mark.parametrize("name", ["digits.png", "wave.png"])
def test_it_saves_a_picture_of_each_job(quick_run, name):
    """A PNG file of more than a thousand points across that is not blank."""
    _, folder = quick_run
    picture = imread(folder / name)

    assert picture.shape[1] > 1000
    assert picture[..., :3].std() > 0.05


def test_a_terminal_shows_the_latest_step_beside_the_bar():
    """The bar carries the words of the step that was made last."""
    console = Console(force_terminal=True, width=100, record=True)
    done = follow(console, iter([1, 2, 3]), 3, lambda step: f"step number {step}")

    assert done == [1, 2, 3]
    assert "step number 3" in console.export_text()


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    """`--out` must be a folder or missing."""
    (tmp_path / "taken").write_text("")
    result = CliRunner().invoke(command_line, ["demo", "--out", str(tmp_path / "taken")])

    assert result.exit_code == 2
    assert "is a file" in result.output


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    """The reason is given, and nothing is run."""
    (tmp_path / "taken").write_text("")
    result = CliRunner().invoke(command_line, ["demo", "--out", str(tmp_path / "taken" / "below")])

    assert result.exit_code == 2
    assert "cannot make the folder" in result.output


def test_python_m_mutagrad_is_the_same_command(monkeypatch, capsys):
    """`python -m mutagrad --help` lists the demo."""
    monkeypatch.setattr(sys, "argv", ["mutagrad", "--help"])
    monkeypatch.delitem(sys.modules, "mutagrad.__main__")
    with pytest.raises(SystemExit) as end:
        runpy.run_module("mutagrad", run_name="__main__")

    assert end.value.code == 0
    assert "demo" in capsys.readouterr().out


def test_a_missing_extra_is_named_with_its_remedy(monkeypatch):
    """Without scikit-learn the command says which command installs it."""
    monkeypatch.setattr(requirements, "find_spec", lambda module: None if module == "sklearn" else object())
    monkeypatch.setattr(sys, "argv", ["mutagrad", "demo"])
    with pytest.raises(SystemExit) as end:
        program.main()

    assert end.value.code == "mutagrad demo needs scikit-learn: pip install 'mutagrad[demo]'"
