-- The classic way, measured beside Fairlead on the same PostgreSQL: one function call and one
-- transaction a lead. It is what a careful team writes first, with the indexes it needs and no
-- more: the duplicate check, agents of the lead's state before all others, the fewest of today
-- first, the daily cap, a row lock so that counts are right, and a log.
--
-- What would slow it down and is not asked of it is left out: no advisory lock around the
-- duplicate check, no foreign keys, no index that only a report would use.

CREATE TABLE agents (
    agent_id BIGINT PRIMARY KEY,
    state TEXT,
    active BOOLEAN NOT NULL,
    daily_cap INTEGER NOT NULL,
    assigned_today INTEGER NOT NULL,
    last_assigned_at TIMESTAMPTZ
-- Room in each page, so that a new count replaces the old one without touching an index.
) WITH (fillfactor = 20);

CREATE INDEX agents_by_state ON agents (state);

CREATE TABLE leads (
    lead_id BIGINT GENERATED ALWAYS AS IDENTITY (CACHE 32) PRIMARY KEY,
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    state TEXT NOT NULL,
    status TEXT NOT NULL,
    agent_id BIGINT,
    duplicate_of BIGINT,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE INDEX leads_by_phone ON leads (phone, created_at);
CREATE INDEX leads_by_agent ON leads (agent_id, created_at);

CREATE TABLE assignment_log (
    log_id BIGINT GENERATED ALWAYS AS IDENTITY (CACHE 32) PRIMARY KEY,
    lead_id BIGINT NOT NULL,
    agent_id BIGINT,
    reason TEXT NOT NULL,
    count_before INTEGER,
    count_after INTEGER,
    at TIMESTAMPTZ NOT NULL
);

CREATE INDEX assignment_log_by_lead ON assignment_log (lead_id);

CREATE FUNCTION lead_in(p_name TEXT, p_phone TEXT, p_state TEXT, OUT o_lead BIGINT, OUT o_agent BIGINT)
LANGUAGE plpgsql AS $$
DECLARE
    v_first BIGINT;
    v_count INTEGER;
    v_reason TEXT := 'state';
BEGIN
    SELECT lead_id INTO v_first FROM leads
    WHERE phone = p_phone AND created_at > now() - INTERVAL '24 hours'
    ORDER BY created_at LIMIT 1;
    IF FOUND THEN
        INSERT INTO leads (name, phone, state, status, duplicate_of, created_at)
        VALUES (p_name, p_phone, p_state, 'duplicate', v_first, now())
        RETURNING lead_id INTO o_lead;
        INSERT INTO assignment_log (lead_id, reason, at) VALUES (o_lead, 'duplicate', now());
        RETURN;
    END IF;

    SELECT agent_id, assigned_today INTO o_agent, v_count FROM agents
    WHERE state = p_state AND active AND assigned_today < daily_cap
    ORDER BY assigned_today, agent_id LIMIT 1 FOR UPDATE;
    IF NOT FOUND THEN
        v_reason := 'anyone';
        SELECT agent_id, assigned_today INTO o_agent, v_count FROM agents
        WHERE active AND assigned_today < daily_cap
        ORDER BY assigned_today, agent_id LIMIT 1 FOR UPDATE;
    END IF;

    INSERT INTO leads (name, phone, state, status, agent_id, created_at)
    VALUES (p_name, p_phone, p_state,
            CASE WHEN o_agent IS NULL THEN 'waiting' ELSE 'assigned' END, o_agent, now())
    RETURNING lead_id INTO o_lead;
    IF o_agent IS NULL THEN
        RETURN;
    END IF;
    UPDATE agents SET assigned_today = assigned_today + 1, last_assigned_at = now()
    WHERE agent_id = o_agent;
    INSERT INTO assignment_log (lead_id, agent_id, reason, count_before, count_after, at)
    VALUES (o_lead, o_agent, v_reason, v_count, v_count + 1, now());
END
$$;
