"""What will happen: dates, money and queues ahead, each with its range, and what past forecasts came to."""
