"""Writes the type stubs that editors and type checkers complete from: `src/mutagrad/__init__.pyi`, `methods.pyi`, packages'.

    python tools/write_stubs.py           # writes them
    python tools/write_stubs.py --check   # names those that are not current, and exits with 1 if there are any

They are derived from the library as it is when imported: the functions of `mutagrad`, what modules attach to `Tensor`
(`methods.pyi` is the base class of `Tensor` for a type checker alone), and the names that packages hand on. A test says
whether they are current.
"""

from __future__ import annotations

import inspect
import re
import sys
import types
from pathlib import Path
from typing import Any

import mutagrad
from mutagrad.tensor import Tensor

SOURCE = Path(mutagrad.__file__).parent
INTERNAL = tuple(f"mutagrad.{name}" for name in ("batched", "demo", "namespaces", "ops", "report"))
HEAD = '''"""{what} Written by `tools/write_stubs.py`: not to be edited."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any

'''
PLAIN = {
    "Tensor",
    "None",
    "Any",
    "Sequence",
    "Callable",
    "tuple",
    "list",
    "dict",
    "int",
    "float",
    "bool",
    "str",
    "complex",
}
BUILTIN = re.compile(r"\b(tuple|list|dict|int|float|bool|str|complex)\b")


def annotation(given: Any, otherwise: str = "Any") -> str:
    """An annotation as it reads in the stub, where names such as `int` mean dtypes and methods."""
    if given is inspect.Parameter.empty:
        return otherwise
    text = given if isinstance(given, str) else getattr(given, "__name__", str(given))
    text = text.strip("'\"")
    if set(re.findall(r"[A-Za-z_][\w.]*", text)) - PLAIN:
        return otherwise
    return BUILTIN.sub(r"builtins.\1", text)


def parameters(signature: inspect.Signature, method: bool) -> str:
    """The parameters of a function; of a method, the first is `self`."""
    parts: list[str] = []
    star = slash = False
    for i, each in enumerate(signature.parameters.values()):
        if each.kind is not each.POSITIONAL_ONLY and slash:
            parts.append("/")
            slash = False
        if method and i == 0:
            parts.append("self")
            continue
        slash = each.kind is each.POSITIONAL_ONLY
        mark = {each.VAR_POSITIONAL: "*", each.VAR_KEYWORD: "**"}.get(each.kind, "")
        if each.kind is each.KEYWORD_ONLY and not star:
            parts.append("*")
        star = star or each.kind in (each.KEYWORD_ONLY, each.VAR_POSITIONAL)
        # What is required depends on the overload in more functions than a signature can say.
        default = "" if mark or i == 0 else " = ..."
        kind = "Tensor" if i == 0 and not mark and each.annotation is each.empty else annotation(each.annotation)
        kind = "Sequence[Tensor]" if each.name == "tensors" and not mark else kind
        parts.append(f"{mark}{each.name}: {kind}{default}")
    return ", ".join([*parts, *(["/"] if slash else [])])


def result_of(name: str, function: Any, signature: inspect.Signature) -> str:
    """What a function returns: a tensor where it is declared with one output."""
    operation = getattr(function, "operation", None)
    if name.endswith("_"):
        return "Tensor"
    if operation is not None and signature.return_annotation is signature.empty:
        return "Any" if operation.several else "Tensor"
    return annotation(signature.return_annotation)


def function_stub(name: str, function: Any, indent: str = "") -> str:
    """The stub of a function, or with an indent of a method, with the first sentence of its text."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return f"{indent}{name}: Any\n"
    text = inspect.cleandoc(function.__doc__ or "").split("\n\n")[0].replace("\n", " ").replace('"', "'")
    body = f'\n{indent}    """{text}"""\n' if text and "\\" not in text else " ...\n"
    given = parameters(signature, bool(indent))
    return f"{indent}def {name}({given}) -> {result_of(name, function, signature)}:{body}"


def public_names() -> str:
    """The text of `__init__.pyi`."""
    imports = ["from mutagrad.tensor import Tensor as Tensor\n"]
    values, functions, offered = [], [], offered_names()
    for name in sorted(vars(mutagrad)):
        value = getattr(mutagrad, name)
        if (name.startswith("_") and name != "__version__") or name == "Tensor" or name not in offered:
            continue
        if isinstance(value, types.ModuleType):
            imports.append(f"from mutagrad import {name} as {name}\n")
        elif isinstance(value, type) and value.__module__ == "torch":
            values.append(f"{name}: type[Tensor]\n")
        elif isinstance(value, type):
            imports.append(handed_on(home_of(value), value.__name__, name))
        elif callable(value) and hasattr(value, "__name__") and not isinstance(value, mutagrad.dtype):
            functions.append(function_stub(name, value))
        else:
            kind = type(value)
            shown = f"builtins.{kind.__name__}" if kind.__module__ == "builtins" else kind.__name__
            values.append(f"{name}: {shown if shown in known_types() else 'Any'}\n")
    return HEAD.format(what="What `import mutagrad as torch` offers.") + "".join([*imports, "\n", *values, *functions])


def home_of(kind: type) -> str:
    """The module that a class is written in: errors say that they are of `mutagrad`, from where they are imported."""
    if kind.__module__ != "mutagrad":
        return kind.__module__
    modules = [module for name, module in sorted(sys.modules.items()) if name.startswith("mutagrad.report.")]
    return next(each.__name__ for each in modules if f"class {kind.__name__}(" in inspect.getsource(each))


def handed_on(module: str, own: str, name: str) -> str:
    """The import that hands an object on; under another name it takes an assignment, by the rules for stubs."""
    if own == name:
        return f"from {module} import {own} as {own}\n"
    return f"from {module} import {own} as _{name}\n{name} = _{name}\n"


def import_what_is_offered() -> None:
    """Asks for every name once: many are imported only then."""
    for module in [mutagrad, *(getattr(mutagrad, name) for name in mutagrad.__all__)]:
        if isinstance(module, types.ModuleType):
            for name in dir(module):
                getattr(module, name)


def offered_names() -> set[str]:
    """The names that `mutagrad/__init__.py` means to offer: not those of modules that importing others has left there."""
    source = (SOURCE / "__init__.py").read_text(encoding="utf-8")
    blocks = re.findall(r"^from mutagrad import (\([^)]*\)|.*)$|\"mutagrad\": \"([^:]*)\"", source, re.MULTILINE)
    modules = {name for block in blocks for name in re.findall(r"\w+", "".join(block))}
    names = {name for name, value in vars(mutagrad).items() if not isinstance(value, types.ModuleType)}
    foreign = {"typing", "collections.abc"}
    return modules | {name for name in names if getattr(vars(mutagrad)[name], "__module__", "") not in foreign}


def known_types() -> set[str]:
    """The types of values that the stub can name."""
    classes = {name for name, value in vars(mutagrad).items() if isinstance(value, type)}
    return classes | {f"builtins.{name}" for name in ("str", "int", "float", "bool")} - {"builtins.NoneType"}


def methods() -> str:
    """The text of `methods.pyi`."""
    lines = []
    for name, value in sorted(vars(Tensor).items()):
        own = getattr(getattr(value, "fget", None) or value, "__qualname__", "").startswith("Tensor.")
        if name.startswith("_") or own or isinstance(value, (types.MemberDescriptorType, classmethod, staticmethod)):
            continue
        if isinstance(value, property):
            lines.append(f"    @property\n    def {name}(self) -> {annotation(result_annotation(value), 'Any')}: ...\n")
        elif callable(value):
            lines.append(function_stub(name, value, "    "))
    head = HEAD.format(what="The methods that modules attach to `Tensor`.")
    return head + "from mutagrad.tensor import Tensor\n\nclass Methods:\n" + "".join(lines)


def result_annotation(value: property) -> Any:
    """What a property is annotated to be."""
    return inspect.signature(value.fget).return_annotation if value.fget else inspect.Parameter.empty


def package(module: types.ModuleType) -> str:
    """The text of `__init__.pyi` of a package that only hands names on."""
    lines = []
    for name, value in sorted(vars(module).items()):
        if name.startswith("_"):
            continue
        if isinstance(value, types.ModuleType):
            if value.__name__ == f"{module.__name__}.{name}":
                lines.append(f"from {module.__name__} import {name} as {name}\n")
            continue
        home = sys.modules.get(getattr(value, "__module__", None) or "")
        own = getattr(value, "__name__", "")
        if home is not None and home.__name__.startswith("mutagrad.") and getattr(home, own, None) is value:
            lines.append(handed_on(home.__name__, own, name))
        elif callable(value) and (home is None or home.__name__.startswith("mutagrad")) and not isinstance(value, type):
            lines.append(function_stub(name, value))
    head = HEAD.format(what=f"What `{module.__name__}` offers.")
    return (
        head + "from mutagrad.tensor import Tensor\n" + "".join(sorted(lines, key=lambda line: line.startswith("def")))
    )


def stubs() -> dict[Path, str]:
    """The text of each stub file."""
    import_what_is_offered()
    found = {SOURCE / "__init__.pyi": public_names(), SOURCE / "methods.pyi": methods()}
    for path in sorted(SOURCE.glob("**/__init__.py")):
        name = ".".join(["mutagrad", *path.parent.relative_to(SOURCE).parts])
        if (
            name != "mutagrad"
            and name in sys.modules
            and not name.startswith(INTERNAL)
            and not hasattr(sys.modules[name], "__all__")
        ):
            found[path.with_suffix(".pyi")] = package(sys.modules[name])
    return found


if __name__ == "__main__":
    current = {path: path.read_text(encoding="utf-8") for path in SOURCE.glob("**/*.pyi")}
    outdated = {path: text for path, text in stubs().items() if current.get(path) != text}
    for path, text in outdated.items():
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        print(path.relative_to(SOURCE))
    sys.exit("--check" in sys.argv and bool(outdated))
