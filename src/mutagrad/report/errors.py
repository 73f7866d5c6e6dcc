"""The errors of autograd: PyTorch's sentence first, then where it happened and what to do.

    RuntimeError
     └─ AutogradError          carries its `story`: headline, places, advice
         └─ OverwrittenError   a saved value was written over before the gradient needed it

Each function takes plain data and returns the exception, for the caller to raise. First lines are those of PyTorch 2.13,
so that what people search for is found; its hint at anomaly mode gives way to the two places. A span may be None
wherever the place is not known.
"""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from .cuts import Cut
from .names import carried_over, cloned_operand, mentions, out_of_place, view_taken, written_name
from .regions import Region
from .spans import Span
from .statements import is_assignment
from .story import Part, Story, draw
from .terminal import announce, structured_traceback

__all__ = [
    "AutogradError",
    "Origin",
    "Overwrite",
    "OverwrittenError",
    "complex_output",
    "freed_graph",
    "gradient_count",
    "gradient_dtype",
    "gradient_shape",
    "in_words",
    "input_without_grad",
    "leaf_in_place",
    "no_graph",
    "non_scalar_output",
    "overwritten",
    "restricted_view",
    "unused_input",
    "writer_in_words",
]


class AutogradError(RuntimeError):
    """Raised where the derivative of a program is asked for and cannot be given; `story` holds what the text tells."""

    __module__ = "mutagrad"  # from where it is imported

    def __init__(self, text: str, story: Story | None = None):
        super().__init__(text)
        self.story = story
        announce()

    def _render_traceback_(self) -> list[str]:
        """What IPython shows."""
        return structured_traceback(self, self.story)

    def __reduce__(self):
        # Code objects cannot be pickled: to another process goes the text, without the data it was drawn from.
        return type(self), (str(self),)


class Origin(NamedTuple):
    """The operation that made a tensor, and where it was called."""

    operation: str
    span: Span | None = None


def _error(headline: str, *parts: Part, advice: str | None = None) -> AutogradError:
    story = Story(headline, parts, advice)
    return AutogradError(draw(story), story)


# --- A saved value was overwritten ------------------------------------------------------------------------------------


class Overwrite(NamedTuple):
    """What a gradient saved, where, and what wrote over it."""

    tensor_type: str  # as PyTorch calls it, "torch.DoubleTensor"
    shape: tuple[int, ...]  # of the saved value
    version: int
    expected_version: int
    operation: str  # whose gradient needs the value, "sin"
    saved_role: str  # "input", "output", the name of another argument, or words such as "a value of its own"
    written_by: str | None  # "add_"; None for a write from outside, through memory shared with NumPy and the like
    nbytes: int  # what "preserve" would keep; 0 where no element that is needed was lost

    output_of: tuple[int, str] | None = None  # output number and operation, (0, "Mul"); None for a tensor nothing made
    is_leaf: bool = False  # a leaf that requires grad
    saved_at: Span | None = None
    overwritten_at: Span | None = None
    region: Region | None = None  # of the base tensor, None where it is not known


class OverwrittenError(AutogradError):
    """Raised by backward when a saved value it needs has been written over.

    `saved_at` and `overwritten_at` are the two places as `Span`s, `region` the elements written over, `nbytes` what
    keeping them would take, `operation` the one whose gradient needs them, `saved_role` what they were to it, and
    `overwrite` the whole record.
    """

    __module__ = "mutagrad"

    def __init__(self, text: str, story: Story | None = None, overwrite: Overwrite | None = None):
        super().__init__(text, story)
        self.overwrite = overwrite
        self.saved_at = overwrite and overwrite.saved_at
        self.overwritten_at = overwrite and overwrite.overwritten_at
        self.region = overwrite and overwrite.region
        self.nbytes = overwrite and overwrite.nbytes
        self.operation = overwrite and overwrite.operation
        self.saved_role = overwrite and overwrite.saved_role


def overwritten(overwrite: Overwrite) -> OverwrittenError:
    """The error of a gradient that needs a value which has been written over.

    >>> error = overwritten(Overwrite(
    ...     tensor_type="torch.DoubleTensor", shape=(4,), output_of=(0, "Mul"), version=2, expected_version=1,
    ...     operation="sin", saved_role="input", written_by="add_", region=Region((4,), ((0, 2, 1),)), nbytes=16))
    >>> print(str(error).partition("\\n\\n")[2])
      needed by the gradient of sin, which saved its input
      overwritten, elements [0:2] of 4, by add_
      clone the saved value before it is overwritten, or keep the 16 bytes with the policy "preserve"
    """
    need = f"needed by the gradient of {overwrite.operation}, which saved {_role(overwrite.saved_role)}"
    parts = Part(need, overwrite.saved_at), Part(_write_label(overwrite), overwrite.overwritten_at)
    story = Story(_overwritten_headline(overwrite), parts, _way_out(overwrite) + _policy(overwrite))
    return OverwrittenError(draw(story), story, overwrite)


def _overwritten_headline(overwrite: Overwrite) -> str:
    text = (
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        f"[{overwrite.tensor_type} {list(overwrite.shape)}]"
    )
    if overwrite.output_of is not None:
        number, operation = overwrite.output_of
        text += f", which is output {number} of {_forward_name(operation)},"
    if overwrite.written_by is None:
        return f"{text} was written to from outside."
    return f"{text} is at version {overwrite.version}; expected version {overwrite.expected_version} instead."


def _forward_name(operation: str) -> str:
    """`Mul` for `MulBackward0`: PyTorch 2.13 names the forward operation."""
    return re.sub(r"Backward\d*$", "", operation)


def _role(role: str) -> str:
    if role in ("input", "output"):
        return f"its {role}"
    return f'its argument "{role}"' if role.isidentifier() else role


def _write_label(overwrite: Overwrite) -> str:
    elements = f", {overwrite.region.text}," if overwrite.region else ""
    if overwrite.written_by is None:
        return f"overwritten{elements} from outside, through shared memory"
    return f"overwritten{elements} by {in_words(overwrite.written_by)}"


def in_words(operation: str) -> str:
    """How an operation is called in a sentence."""
    return {"__setitem__": "assignment to an index", "_to_copy": "to"}.get(operation, operation)


def writer_in_words(operation: str, span: Span | None) -> str:
    """How a write is called: by its operation, but an assignment to an index where the source at `span` shows one."""
    return in_words("__setitem__" if span is not None and is_assignment(span) else operation)


def _way_out(overwrite: Overwrite) -> str:
    """What to write instead, in the user's own names, such that the program otherwise does the same."""
    written, saved = overwrite.overwritten_at, overwrite.saved_at
    if overwrite.is_leaf and written:
        # A copy of a parameter would no longer be the parameter.
        return f"call backward before {_line(written, saved)}"
    # Where one line reads and then writes, a copy made before it would be written, too.
    apart = written is None or saved is None or (written.code, written.line) != (saved.code, saved.line)
    name = _cloned_name(overwrite) if apart else None
    if name and written:
        return f"write {name} = {name}.clone() before {_line(written, saved)}"
    if saved is None or saved.line is None:
        return "clone the saved value before it is overwritten"
    if overwrite.saved_role == "output":
        return f"write .clone() after {overwrite.operation} at {_line(saved)}"
    root = written_name(written) if written else None
    cloned = cloned_operand(saved, overwrite.operation, overwrite.saved_role, root)
    if cloned is not None:
        return f"write {cloned} at {_line(saved)}"
    return f"give {overwrite.operation} a clone() at {_line(saved)}"


def _cloned_name(overwrite: Overwrite) -> str | None:
    """The variable to bind to a copy; None where the write goes through another name than the save did.

    With `v = h[:2]; y = h.sin(); v.add_(1)`, a copy of `v` would leave `h` without the write: another program.
    Where the value was saved in another function it may well have another name there, which says nothing.
    """
    written, saved = overwrite.overwritten_at, overwrite.saved_at
    if written is None:
        return None
    name = written_name(written, whole=overwrite.region is not None and overwrite.region.is_whole)
    if name and saved and saved.code is written.code and not mentions(saved, name):
        return None
    return name


def _policy(overwrite: Overwrite) -> str:
    if overwrite.written_by is None:
        return ", or share a copy of the memory"
    if overwrite.nbytes == 0:
        return '; no element the gradient needs was lost, so the policies "preserve" and "error" let it run'
    return f', or keep the {_bytes(overwrite.nbytes)} with the policy "preserve"'


def _bytes(count: int) -> str:
    if count < 10_000:
        return "1 byte" if count == 1 else f"{count} bytes"
    size, unit = count / 1024, "KiB"
    while size >= 1024 and unit != "GiB":
        size, unit = size / 1024, {"KiB": "MiB", "MiB": "GiB"}[unit]
    return f"{size:.1f} {unit}"


def _line(span: Span, other: Span | None = None) -> str:
    """`line 15`, with its file's name where `other` lies in another file."""
    if span.line is None:
        return "the write"
    elsewhere = other is not None and other.filename != span.filename
    return f"line {span.line}" + (f" of {span.shown_filename}" if elsewhere else "")


# --- In-place writes that are refused ---------------------------------------------------------------------------------


def leaf_in_place(
    operation: str,
    overwritten_at: Span | None = None,
    *,
    view: bool = False,
    already: bool = False,
    parameter: bool = False,
) -> AutogradError:
    """The error of an in-place write to a leaf that requires grad, or with `view` to a view of one.

    It is `already` written where a custom function did so; a `parameter` is an `nn.Parameter`.
    """
    used = "has been used" if already and not view else "is being used"
    taken = view_taken(overwritten_at) if view and overwritten_at else None
    line = _line(overwritten_at) if overwritten_at else "the write"
    # What stands in the place of a module's parameter must be one.
    name = written_name(overwritten_at) if overwritten_at and not parameter else None
    apart = f"write {name} = {name}.clone() before it" if name else "write to a clone()"
    if taken and not name:
        apart = f"write to a clone() of {taken[2]}"
    elif overwritten_at and not name and not view:
        instead = out_of_place(overwritten_at)
        apart = f"write {instead}" if instead else apart
    return _error(
        f"a {'view of a ' if view else ''}leaf Variable that requires grad {used} in an in-place operation.",
        Part(f"written by {in_words(operation)}", overwritten_at),
        *((Part(*taken[:2]),) if taken else ()),
        advice=f"put {line} under no_grad() if it updates a parameter, or {apart} if the gradient is to see it",
    )


_MULTI_OUTPUT = (
    "This view is the output of a function that returns multiple views. Such functions do not allow the output views "
    "to be modified inplace. You should replace the inplace operation by an out-of-place one."
)
_OF_FUNCTION = (
    "This view was created inside a custom Function (or because an input was returned as-is) and the autograd logic to "
    "handle view+inplace would override the custom backward associated with the custom Function, leading to incorrect "
    "gradients. This behavior is forbidden. You can fix this by cloning the output of the custom Function."
)
_OF_MODE = (
    "Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both "
    "the view and the inplace either both inside the {mode} block (if you don't want the inplace to be tracked) or both "
    "outside (if you want the inplace to be tracked)."
)

Creation = Literal["multi_output", "function", "no_grad", "inference_mode"]

# How a view came about: why it must not be written to, and what to do instead.
_RESTRICTIONS: dict[Creation, tuple[str, str]] = {
    "multi_output": (_MULTI_OUTPUT, "index {base} instead, of which any part may be written to"),
    "function": (_OF_FUNCTION, "write to a clone() of it"),
    "no_grad": (_OF_MODE.format(mode="no_grad"), "take the view on the same side of no_grad() as the write"),
    "inference_mode": (_OF_MODE.format(mode="inference_mode"), "write to a clone() of it"),
}


def restricted_view(
    creation: Creation,
    operation: str,
    overwritten_at: Span | None = None,
    *,
    output_of: tuple[int, str] | None = None,
    base_modified: bool = False,
    made_at: Span | None = None,
) -> AutogradError:
    """The error of a write to a view that must not be written to, by how the view came about.

    `output_of` is output number and operation, (0, "Unbind"), for views of "multi_output" and "function"; without it
    the view is said to come from no_grad mode, as PyTorch does when the base does not require grad. `base_modified`:
    the base or another view of it was written to, and the view is used only now.
    """
    reason, advice = _RESTRICTIONS[creation]
    taken = view_taken(overwritten_at) if overwritten_at and not made_at else None
    made = (Part("the view was made here", made_at),) if made_at else (Part(*taken[:2]),) if taken else ()
    wrote = "the base was written" if base_modified else "written"
    return _error(
        f"{_view_in_question(creation, output_of, base_modified)} {reason}",
        *made,
        Part(f"{wrote} by {in_words(operation)}", overwritten_at),
        advice="take the view again after the write"
        if base_modified
        else advice.format(base=taken[2] if taken else "the base"),
    )


def _view_in_question(creation: Creation, output_of: tuple[int, str] | None, base_modified: bool) -> str:
    modified = "its base or another view of its base has been" if base_modified else "is being"
    if creation in ("multi_output", "function") and output_of is not None:
        number, operation = output_of
        return f"Output {number} of {_forward_name(operation)} is a view and {modified} modified inplace."
    if creation == "inference_mode":
        return f"A view was created in inference mode and {modified} modified inplace in normal mode."
    return f"A view was created in no_grad mode and {modified} modified inplace with grad mode enabled."


# --- A backward pass that cannot be run -------------------------------------------------------------------------------


def freed_graph(recorded: Origin, freed_at: Span | None = None) -> AutogradError:
    """The error of going a second time through an operation whose saved values the first pass has let go."""
    first = _line(freed_at) if freed_at else "the first backward"
    again = _line(recorded.span, freed_at) if recorded.span else recorded.operation
    advice = f"give retain_graph=True at {first}, or run {again} again, or detach() its result before using it again"
    carried = carried_over(recorded.span) if recorded.span else None
    if carried:
        advice = (
            f"write {carried} = {carried}.detach() before {again}, to begin each step anew, or give retain_graph=True"
        )
    return _error(
        "Trying to backward through the graph a second time (or directly access saved tensors after they have already "
        "been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). "
        "Specify retain_graph=True if you need to backward through the graph a second time or if you need to access "
        "saved tensors after calling backward.",
        Part(f"{in_words(recorded.operation)} was recorded here", recorded.span),
        Part("and what it saved was freed by the first backward", freed_at),
        advice=advice,
    )


_REDUCE = "reduce it to one number, as .sum() does"


def non_scalar_output(
    shape: Sequence[int],
    made: Origin | None = None,
    called_at: Span | None = None,
    asked: str | None = None,
    call: str = "",
) -> AutogradError:
    """The error of a backward pass from several numbers without a gradient for each.

    `asked` is how the user calls them, `call` what stands behind them, such as ".backward()".
    """
    reduce = _REDUCE
    if asked and "..." in asked:
        reduce = f"write .sum() or .mean() {'before ' + call if call else 'behind it'}"
    elif asked:
        reduce = f"write {asked}.sum(){call} or {asked}.mean(){call}{'' if call else f' in place of {asked}'}"
    return _error(
        "grad can be implicitly created only for scalar outputs",
        *((Part("asked for here", called_at),) if called_at else ()),
        _made(f"the output has shape {tuple(shape)}", made),
        advice=f"{reduce}, or give a gradient of shape {tuple(shape)}",
    )


def complex_output(dtype: str, made: Origin | None = None, called_at: Span | None = None) -> AutogradError:
    """The error of a backward pass from a complex number without a gradient; `dtype` such as "torch.complex64"."""
    return _error(
        f"grad can be implicitly created only for real scalar outputs but got {dtype}",
        *((Part("asked for here", called_at),) if called_at else ()),
        _made("the output is complex", made),
        advice="reduce it to a real number, as .abs() or .real does, or give a gradient",
    )


def no_graph(index: int = 0, called_at: Span | None = None, cut: Cut | None = None) -> AutogradError:
    """The error of a backward pass from a tensor that no recorded operation made; `index` among the outputs.

    `cut` is the line that cut it from its history, where the source tells.
    """
    called = (Part("asked for here", called_at),) if called_at else ()
    return _error(
        f"element {index} of tensors does not require grad and does not have a grad_fn",
        *called,
        *((Part(cut.label, cut.span),) if cut else ()),
        advice=cut.advice
        if cut
        else "call requires_grad_() on an input before computing it, outside no_grad() and without detach()",
    )


def unused_input(
    index: int, input_made: Origin | None = None, output_made: Origin | None = None, called_at: Span | None = None
) -> AutogradError:
    """The error of asking for the gradient of an input that the outputs do not depend on; `index` among the inputs."""
    return _error(
        f"The differentiated Tensor at index {index} appears to not have been used in the graph. "
        "Set allow_unused=True if this is the desired behavior.",
        *((Part("asked for here", called_at),) if called_at else ()),
        *((_made("the input", input_made),) if input_made else ()),
        *((_made("the output", output_made),) if output_made else ()),
        advice="allow_unused=True gives None in its place, materialize_grads=True zeros",
    )


def input_without_grad(
    index: int, made: Origin | None = None, called_at: Span | None = None, cut: Cut | None = None
) -> AutogradError:
    """The error of asking for the gradient of a tensor that does not require it; `index` among the inputs.

    `cut` is where it was made so, or cut from its history, where the source tells.
    """
    return _error(
        "One of the differentiated Tensors does not require grad",
        *((Part("asked for here", called_at),) if called_at else ()),
        Part(cut.label, cut.span) if cut else _made(f"the input at index {index}", made),
        advice=cut.advice if cut else "call requires_grad_() on it before the outputs are computed from it",
    )


def gradient_shape(
    index: int, gradient: Sequence[int], output: Sequence[int], made: Origin | None = None
) -> AutogradError:
    """The error of a given gradient whose shape is not its output's; `index` among the outputs."""
    return _error(
        f"Mismatch in shape: grad_output[{index}] has a shape of torch.Size({list(gradient)}) "
        f"and output[{index}] has a shape of torch.Size({list(output)}).",
        *((_made("the output", made),) if made else ()),
        advice=f"give a gradient of shape {tuple(output)}",
    )


def gradient_dtype(index: int, gradient: str, output: str, made: Origin | None = None) -> AutogradError:
    """The error of a given gradient that is complex where its output is not, or the other way round."""
    return _error(
        "For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in dtype: "
        f"grad_output[{index}] has a dtype of {gradient} and output[{index}] has a dtype of {output}.",
        *((_made("the output", made),) if made else ()),
        advice=f"give a gradient of dtype {output}",
    )


def gradient_count(outputs: int, gradients: int) -> AutogradError:
    """The error of fewer or more gradients given than there are outputs."""
    return _error(
        f"got {outputs} tensors and {gradients} gradients",
        advice="give one gradient for each tensor, None where it is a scalar",
    )


def _made(subject: str, made: Origin | None) -> Part:
    return (
        Part(f"{subject}, made by {writer_in_words(made.operation, made.span)}", made.span) if made else Part(subject)
    )
