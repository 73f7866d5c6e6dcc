"""The schedules of `lr_scheduler`, by what they follow."""
