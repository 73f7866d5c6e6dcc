"""Programs kept under a name: the classic hazards, and failures that random programs have found."""
