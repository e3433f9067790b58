"""The worker: schedules, leases, retries, cursors. It calls services and decides nothing."""
