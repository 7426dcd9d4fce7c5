-- What an agent recorded last, as JSON, for as long as they may take it back and until the next.

ALTER TABLE agents ADD COLUMN last_result TEXT;
