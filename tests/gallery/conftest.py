"""The programs are broken on purpose: they are run by the tests, not collected."""

collect_ignore_glob = ["programs/*"]
