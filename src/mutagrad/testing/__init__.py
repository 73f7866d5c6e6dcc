"""What tests of tensor programs use: `assert_close`."""

from mutagrad.testing.comparison import assert_close
