"""Two programs that a newcomer can run with `mutagrad demo`, written as people write PyTorch.

`digits` trains a classifier on real images and `wave` recovers the speed of sound in a rod from what receivers hear;
both write over tensors in place wherever it fits. They know nothing of terminals or pictures: `pictures` draws what
they found, and `command` runs them one after the other. The extra `demo` brings what they need besides mutagrad.
"""
