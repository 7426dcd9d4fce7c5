-- The same agents as Fairlead is given: $1 of them, spread over $2 states; cap $3 a day.
INSERT INTO agents (agent_id, state, active, daily_cap, assigned_today)
SELECT n, 's' || ((n - 1) % $2), TRUE, $3, 0 FROM generate_series(1, $1) AS n
