"""What costs and gives nothing."""
