"""Random programs that mutate their tensors against a scalar evaluation; `test_oracle.py` says how to run them."""
