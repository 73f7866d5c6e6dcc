"""Warnings of programs that run through and do not do what was meant, and errors outside the reverse pass.

    UserWarning
     └─ AutogradWarning   carries its `story`: headline, places, advice

As in `errors.py` each function takes plain data and returns the exception or the warning, for the caller to give; where
PyTorch has a sentence for it, that comes first.
"""

from __future__ import annotations

import ast
from copy import deepcopy
from typing import TypeVar

from .errors import Origin, in_words, writer_in_words
from .regions import Region
from .spans import Span
from .statements import Scope, as_receiver, expression_at, short, syntax_tree, tested_at
from .story import Part, Story, draw
from .terminal import announce_warnings
from .updates import rebound_name

__all__ = [
    "AutogradWarning",
    "ambiguous_truth",
    "grad_of_non_leaf",
    "no_leaf",
    "not_a_parameter",
    "rebound",
    "refused",
    "replaced_parameter",
    "wiped_gradient",
]


Given = TypeVar("Given", bound=Exception)

ONLY_FLOATS = "Only Tensors of floating point and complex dtype can require gradients"
MAKE_FLOATS = "make it of floating point: give dtype=torch.float32, or numbers such as 1.0"
REQUIRE_FIRST = "call requires_grad_() on it before, or compute it from a tensor that requires grad, outside no_grad()"


class AutogradWarning(UserWarning):
    """Given where a program runs, but its gradients are not what they seem to be; `story` holds what the text tells."""

    __module__ = "mutagrad"

    def __init__(self, text: str, story: Story | None = None) -> None:
        super().__init__(text)
        self.story = story
        announce_warnings()

    def __reduce__(self) -> tuple:
        return type(self), (str(self),)


def _warning(headline: str, *parts: Part, advice: str | None = None) -> AutogradWarning:
    story = Story(headline, parts, advice)
    return AutogradWarning(draw(story), story)


def _with_story(given: Given, story: Story) -> Given:
    """An exception of one of Python's own classes, with the story it was drawn from."""
    given.__dict__["story"] = story
    announce_warnings()
    return given


def grad_of_non_leaf(read_at: Span | None = None, made: Origin | None = None) -> UserWarning:
    """The warning of reading the `.grad` of a tensor that an operation made."""
    name = None
    if read_at is not None:
        scope = Scope(read_at.code, {}, {})
        node = expression_at(scope.tree, read_at.position) if scope.tree else None
        name = as_receiver(node.value) if isinstance(node, ast.Attribute) and node.attr == "grad" else None
    updated = rebound_name(made.span) if made and made.span else None
    advice = (
        f"call {name or 'the tensor'}.retain_grad() before backward, or read the .grad of the leaf it was computed from"
    )
    last = _required_last(made.span) if made and made.span else None
    if last is not None:
        advice = f"let the last step require grad: write {last} where {name or 'it'} is made"
    if updated is not None:
        advice = f"write {updated[1]} under no_grad(), which updates {updated[0]} in place: it stays a leaf"
    parts = [Part("read here", read_at)] if read_at else []
    if made is not None:
        parts.append(
            Part(
                f"{name or 'the tensor'} is no leaf: {writer_in_words(made.operation, made.span)} made it here",
                made.span,
            )
        )
    story = Story(
        "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be "
        "populated during autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf "
        "Tensor, use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure "
        "you access the leaf Tensor instead. See github.com/pytorch/pytorch/pull/30531 for more information.",
        tuple(parts),
        advice,
    )
    return _with_story(UserWarning(draw(story)), story)  # of the class that PyTorch's is


def _required_last(span: Span) -> str | None:
    """The expression at `span`, in which what is computed first requires grad, so that its result does and is a leaf."""
    tree = syntax_tree(span.code)
    node = expression_at(tree, span.position) if tree else None
    if node is None or not any(map(_requires, ast.walk(node))):
        return None

    class Later(ast.NodeTransformer):
        def visit_Call(self, call: ast.Call) -> ast.AST:
            self.generic_visit(call)
            if isinstance(call.func, ast.Attribute) and call.func.attr == "requires_grad_":
                return call.func.value
            call.keywords = [each for each in call.keywords if not _requires(each)]
            return call

    made = Later().visit(deepcopy(node))
    return f"{as_receiver(made)}.requires_grad_()"


def _requires(node: ast.AST) -> bool:
    """Whether a piece of syntax makes a tensor require grad."""
    match node:
        case ast.keyword(arg="requires_grad", value=ast.Constant(value=True)):
            return True
        case ast.Call(func=ast.Attribute(attr="requires_grad_"), args=[], keywords=[]):
            return True
    return False


def no_leaf(kind: type[Given], headline: str, asked_at: Span | None, made: Origin | None, advice: str) -> Given:
    """The error, of class `kind`, of what only a leaf can be used for: with the operation that made the tensor."""
    parts = [Part("asked for here", asked_at)]
    if made is not None:
        parts.append(
            Part(f"the tensor is no leaf: {writer_in_words(made.operation, made.span)} made it here", made.span)
        )
    story = Story(headline, tuple(parts), advice)
    return _with_story(kind(draw(story)), story)


def refused(headline: str, asked_at: Span | None, advice: str) -> RuntimeError:
    """The error of what a tensor cannot be asked for as it is: where it was asked, and what to do before."""
    story = Story(headline, (Part("asked for here", asked_at),), advice)
    return _with_story(RuntimeError(draw(story)), story)


def rebound(name: str, bound_at: Span, instead: str, why: str) -> AutogradWarning:
    """The warning of a parameter whose name was bound to a new tensor, where it was to be updated; `why` that matters."""
    return _warning(
        f"{name} was bound to a new tensor, not updated: {why}.",
        Part(f"{name} is bound anew here", bound_at),
        advice=f"write {instead} under no_grad(), which updates {name} in place",
    )


def replaced_parameter(name: str, stepped_at: Span | None, replaced_at: Span | None) -> AutogradWarning:
    """The warning of an optimiser that holds a parameter which its module no longer has."""
    name = assigned_path(replaced_at, name) if replaced_at else name
    return _warning(
        f"The optimizer holds a parameter that is no longer there: {name} was replaced, and the new one is not updated.",
        Part("the step leaves it out", stepped_at),
        Part(f"{name} was replaced here", replaced_at),
        advice=f"write under no_grad(): {name}.copy_(...), or make the optimizer after the replacement",
    )


def wiped_gradient(
    asked_at: Span | None, made: Origin | None, writer: Origin, region: Region | None
) -> AutogradWarning:
    """The warning of a pass that has nothing but zeros to give, since what led to the leaves was overwritten.

    `made` is the operation whose whole result was overwritten, where it is known, `writer` the last one to write there.
    """
    elements = f", {region.text}," if region else ""
    source = f" of {made.operation}" if made else ""
    line = f"line {writer.span.line}" if writer.span and writer.span.line else "the write"
    return _warning(
        "backward found no gradient but zero: all that was computed from the leaves was overwritten before it was used.",
        Part("asked for here", asked_at),
        *([Part(f"{made.operation} computed this", made.span)] if made else []),
        Part(f"and the result{source} was overwritten{elements} by {in_words(writer.operation)}", writer.span),
        advice=f"compute the loss before {line}, or leave that write out",
    )


def ambiguous_truth(count: int, asked_at: Span | None = None) -> RuntimeError:
    """The error of asking whether a tensor of several elements is true."""
    scope = Scope(asked_at.code, {}, {}) if asked_at else None
    node = tested_at(scope.tree, asked_at.position) if asked_at and scope and scope.tree else None
    if node is not None and scope is not None:
        asked_at = scope.passage(node)
    advice = "ask for .any() or .all() of its elements, or whether it `is not None`"
    if isinstance(node, ast.Attribute) and node.attr == "grad":
        advice = f"write {short(node)} is not None to ask whether there is one, or {short(node)}.any() for its values"
    elif isinstance(node, ast.Compare) and len(node.ops) > 1:
        pairs = zip([node.left, *node.comparators], node.ops, node.comparators)
        both = " & ".join(f"({short(ast.Compare(left, [op], [right]))})" for left, op, right in pairs)
        advice = f"write ({both}).any() or ({both}).all(): a chain asks each comparison by itself"
    elif isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Compare)):
        advice = f"write {as_receiver(node)}.any() or {as_receiver(node)}.all()"
    story = Story(
        "Boolean value of Tensor with more than one value is ambiguous",
        (Part(f"{count} elements are asked for one answer", asked_at),),
        advice,
    )
    return _with_story(RuntimeError(draw(story)), story)


def not_a_parameter(headline: str, name: str, assigned_at: Span | None = None) -> TypeError:
    """The error of assigning what is no parameter in the place of the parameter `name`, with its `headline`."""
    path = assigned_path(assigned_at, name) if assigned_at else name
    updated = rebound_name(assigned_at) if assigned_at else None
    update = updated[1] if updated else f"{path}.copy_(...)"
    story = Story(
        headline,
        (Part("assigned here", assigned_at),),
        f"write {update} under no_grad() to change its values, or assign an nn.Parameter to replace it",
    )
    return _with_story(TypeError(draw(story)), story)


def assigned_path(span: Span, name: str) -> str:
    """The attribute `name` as the assignment at `span` writes it, such as `model.fc.weight`; else the name alone."""
    tree = syntax_tree(span.code)
    node = expression_at(tree, span.position) if tree else None
    return short(node) if isinstance(node, ast.Attribute) and node.attr == name else name
