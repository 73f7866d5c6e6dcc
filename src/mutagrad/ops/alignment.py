"""`ctc`: the likelihood of a sequence of labels under probabilities of labels and blanks at each time, however aligned.

An alignment goes through the labels with blanks between them: two states and one more for each label. `ahead` sums up
the alignments that lead to a state, `behind` those that lead on from it; both in logarithms. The gradient is made of
the two, so only the log-probabilities are saved, and its own derivatives follow from the same text.
Follows A. Graves et al., Connectionist temporal classification, 2006.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mutagrad.declaration import operation

__all__: list[str] = []

NEVER = -1e30  # the logarithm of no probability: finite, so that no derivative becomes nan


@dataclass(frozen=True, eq=False)
class Labels:
    """The states of each sample: their labels (N, S), where a blank may be skipped, and how many steps and labels."""

    states: np.ndarray
    skips: np.ndarray
    steps: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(cls, labels: np.ndarray, counts: np.ndarray, steps: np.ndarray, blank: int) -> Labels:
        """The states for labels (N, longest), of which the first `counts` are meant."""
        states = np.full((len(labels), 2 * labels.shape[1] + 1), blank, np.int64)
        states[:, 1::2] = labels
        states[:, 1::2][np.arange(labels.shape[1]) >= counts[:, None]] = blank
        skips = np.zeros(states.shape, bool)
        skips[:, 2:] = (states[:, 2:] != blank) & (states[:, 2:] != states[:, :-2])
        return cls(states, skips, steps, counts)

    @property
    def ends(self) -> np.ndarray:
        """The states (N, S) in which an alignment may end."""
        last = 2 * self.counts[:, None]
        places = np.arange(self.states.shape[1])
        return (places == last) | ((places == last - 1) & (places >= 0))


def _shifted(xp: Any, x: Any, by: int) -> Any:
    """The states moved on by a few places (back, for a negative number), with no probability for what comes in."""
    never = xp.zeros((x.shape[0], min(abs(by), x.shape[1])), dtype=x.dtype) + NEVER
    if x.shape[1] <= abs(by):
        return never
    return xp.concat([never, x[:, :-by]], axis=1) if by > 0 else xp.concat([x[:, -by:], never], axis=1)


def _emitted(xp: Any, log_probs: Any, labels: Labels) -> Any:
    """The log-probabilities of the states' labels (T, N, S)."""
    index = xp.asarray(np.ascontiguousarray(np.broadcast_to(labels.states, (log_probs.shape[0], *labels.states.shape))))
    return xp.take_along_axis(log_probs, index, axis=2)


def _ahead(xp: Any, emitted: Any, labels: Labels) -> list[Any]:
    """For each time the log-probabilities of all ways to the states, with what they emit there."""
    begins = np.arange(labels.states.shape[1]) < 2
    skips = xp.asarray(labels.skips)
    ways = [xp.where(xp.asarray(np.broadcast_to(begins, labels.states.shape)), emitted[0], NEVER)]
    for t in range(1, emitted.shape[0]):
        before = ways[-1]
        arriving = xp.logaddexp(before, _shifted(xp, before, 1))
        arriving = xp.logaddexp(arriving, xp.where(skips, _shifted(xp, before, 2), NEVER))
        ways.append(arriving + emitted[t])
    return ways


def _likelihood(xp: Any, ways: list[Any], labels: Labels) -> Any:
    """The log-probability of each sample's labels (N)."""
    ends, found = xp.asarray(labels.ends), None
    for t, way in enumerate(ways):
        total = xp.logsumexp(xp.where(ends, way, NEVER), axis=1)
        here = xp.asarray(labels.steps == t + 1)
        found = xp.where(here, total, NEVER if found is None else found)
    nothing = (labels.steps == 0) & (labels.counts == 0)
    return xp.where(xp.asarray(nothing), 0, found)


def _share(xp: Any, ct: Any, input: Any, labels: Labels, zero_infinity: bool) -> Any:
    emitted = _emitted(xp, input, labels)
    ways = _ahead(xp, emitted, labels)
    likelihood = _likelihood(xp, ways, labels)
    steps, ends = labels.steps, xp.asarray(labels.ends)
    skipped = np.zeros_like(labels.skips)
    skipped[:, :-2] = labels.skips[:, 2:]
    skipped, shares, behind = xp.asarray(skipped), [], None
    lost = likelihood < NEVER / 2
    for t in reversed(range(emitted.shape[0])):
        if behind is None:
            behind = xp.zeros_like(ways[0]) + NEVER
        else:
            leaving = behind + emitted[t + 1]
            behind = xp.logaddexp(leaving, _shifted(xp, leaving, -1))
            behind = xp.logaddexp(behind, xp.where(skipped, _shifted(xp, leaving, -2), NEVER))
        behind = xp.where(xp.asarray((steps == t + 1)[:, None]), xp.where(ends, 0 * behind, NEVER), behind)
        behind = xp.where(xp.asarray((steps <= t)[:, None]), NEVER, behind)
        occupied = xp.exp(ways[t] + behind - xp.where(lost, 0, likelihood)[:, None])
        index = xp.asarray(labels.states)
        share = xp.add_along_axis(xp.exp(input[t]), index, -occupied, axis=1)
        shares.append(xp.where(xp.asarray((steps > t)[:, None]), share, 0))
    share = xp.stack(shares[::-1], axis=0)
    return xp.where(lost[:, None], 0 if zero_infinity else np.nan, share) * ct[:, None]


@operation(method=False, node_name="CtcLossBackward0", input=_share)
def ctc(xp: Any, input: Any, /, *, labels: Labels, zero_infinity: bool) -> Any:
    """The negative log-likelihoods (N) of labels under the log-probabilities `input` (T, N, C).

    The share of the input is that of scores whose softmax it is: what is expected of a label less what is seen.
    """
    likelihood = _likelihood(xp, _ahead(xp, _emitted(xp, input, labels), labels), labels)
    return xp.where(likelihood < NEVER / 2, 0 if zero_infinity else np.inf, -likelihood)
