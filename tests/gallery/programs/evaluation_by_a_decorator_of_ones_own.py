"""A decorator that switches recording off, used on what is to be trained."""

import functools

import mutagrad as torch


def fast(function):
    @functools.wraps(function)
    def inner(*arguments):
        with torch.no_grad():  # cut
            return function(*arguments)

    return inner


@fast
def predict(weight, x):
    return weight * x


weight = torch.tensor([1.0, 2.0], requires_grad=True)
loss = predict(weight, 3.0).sum()
loss.backward()  # asked
