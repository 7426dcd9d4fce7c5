-- The same function, which also leaves the rows that Fairlead leaves: who it is about in a row of
-- its own that can be erased, and a journal of what came in, where it was queued, and who got it
-- and why. No hash chain: that needs an order, which this way does not have.

CREATE TABLE lead_personal (
    lead_id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    phone TEXT NOT NULL
);

CREATE TABLE journal (
    seq BIGINT GENERATED ALWAYS AS IDENTITY (CACHE 32) PRIMARY KEY,
    kind TEXT NOT NULL,
    lead_id BIGINT NOT NULL,
    actor TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    body TEXT NOT NULL
);

CREATE INDEX journal_of_lead ON journal (lead_id, seq);

ALTER FUNCTION lead_in(TEXT, TEXT, TEXT) RENAME TO lead_in_classic;

CREATE FUNCTION lead_in(p_name TEXT, p_phone TEXT, p_state TEXT, OUT o_lead BIGINT, OUT o_agent BIGINT)
LANGUAGE plpgsql AS $$
BEGIN
    SELECT c.o_lead, c.o_agent INTO o_lead, o_agent
    FROM lead_in_classic(p_name, p_phone, p_state) AS c;
    INSERT INTO lead_personal (lead_id, name, phone) VALUES (o_lead, p_name, p_phone);
    INSERT INTO journal (kind, lead_id, actor, at, body) VALUES
        ('submitted', o_lead, 'source:1', now(), json_build_object(
            'event', 'submitted', 'item', o_lead, 'region', p_state)::TEXT),
        ('queued', o_lead, 'source:1', now(), json_build_object(
            'event', 'queued', 'item', o_lead, 'queue', 1, 'priority', 0)::TEXT),
        ('assigned', o_lead, 'source:1', now(), json_build_object(
            'event', 'assigned', 'item', o_lead, 'agent', o_agent, 'reason', json_build_object(
                'way', 'matched', 'step', 0, 'strategy', 'fair_share'))::TEXT);
END
$$;
