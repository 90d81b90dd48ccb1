"""What people read: README, notes, report, exercises, the site."""
