"""Errors and warnings of values that leave what is recorded, or never were in it: NumPy, numbers, inference mode."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import FrameType
from typing import Any

from .errors import AutogradError, Origin, in_words
from .severing import severed
from .spans import Span
from .statements import MISSING, Scope, as_receiver, expression_at, path_of, short
from .story import Part, Story, draw
from .traps import AutogradWarning

__all__ = ["inference_tensor", "made_a_number", "numpy_of_recorded"]


def numpy_of_recorded(frame: FrameType | None, asked_at: Span, made: Origin | None) -> AutogradError:
    """The error of asking for a NumPy array of a tensor that requires grad; `made` is the operation that made it."""
    scope, node = _expression(frame, asked_at)
    advice = "write .detach().numpy() for the values alone: what is computed with them has no gradient"
    match node:
        case ast.Call(func=ast.Attribute(value=asked, attr="numpy")):
            values = f"{as_receiver(asked)}.detach().numpy()"
            advice = f"write {values} for the values alone: what is computed with them has no gradient"
        case ast.Call(args=[argument, *_]) if scope is not None:
            found = severed(node, scope)
            values = f"{short(node.func)}({as_receiver(argument)}.detach().numpy())"
            advice = f"{found.advice if found else 'compute with torch functions'}, or {values} for the values alone"
    parts = [Part("asked for here", asked_at)]
    if made is not None:
        parts.append(Part(f"it requires grad, made by {in_words(made.operation)}", made.span))
    headline = "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."
    story = Story(headline, tuple(parts), advice)
    return AutogradError(draw(story), story)


def made_a_number(headline: str, frame: FrameType | None, asked_at: Span) -> AutogradWarning:
    """The warning of a tensor that requires grad among the numbers that another tensor is made of."""
    scope, node = _expression(frame, asked_at)
    found = severed(node, scope) if scope is not None and isinstance(node, ast.expr) else None
    told = "the new tensor has the values alone, and no history"
    story = Story(headline, (Part(told, asked_at),), found.advice if found else "write torch.stack(...) to keep it")
    return AutogradWarning(draw(story), story)


def inference_tensor(headline: str, frame: FrameType | None, asked_at: Span) -> AutogradError:
    """The error of what an inference tensor cannot be used for: with the line that made it, where the source tells."""
    scope, node = _expression(frame, asked_at)
    found = _inference_tensors(scope, node) if scope is not None and node is not None else iter(())
    name, made_at = next(found, (None, None))
    parts = [Part("used here", asked_at)]
    if made_at is not None:
        parts.append(Part(f"{name} comes from inference mode, here", made_at))
    apart = f"write {name}.clone() in place of {name}" if name else "clone() it before"
    story = Story(headline, tuple(parts), f"{apart}, outside inference mode, or compute it under no_grad()")
    return AutogradError(draw(story), story)


def _expression(frame: FrameType | None, span: Span) -> tuple[Scope | None, Any]:
    """The scope of a frame, and the expression that runs in it."""
    scope = None if frame is None or frame.f_code is not span.code else Scope.of_frame(frame)
    return scope, expression_at(scope.tree, span.position) if scope is not None and scope.tree else None


def _inference_tensors(scope: Scope, node: ast.AST) -> Iterator[tuple[str, Span | None]]:
    for part in ast.walk(node):
        path = path_of(part)
        value = MISSING if path is None else scope.lookup(path)
        is_inference = getattr(type(value), "is_inference", None)
        if path is not None and is_inference is not None and is_inference(value):
            bindings = [each for each in scope.bindings_before(path, part) if each.kind == "is"]
            yield path, scope.passage(bindings[0].value) if bindings else None
