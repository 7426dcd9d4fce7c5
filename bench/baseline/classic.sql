-- The classic way, measured beside Fairlead on the same PostgreSQL: one function call and one
-- transaction a lead. It does what a careful team writes first: the duplicate check, callers of
-- the lead's state before all others, whoever has waited longest, the daily cap, a row lock so
-- that nobody gets two at once, and a log.

CREATE TABLE callers (
    id bigserial PRIMARY KEY,
    name text NOT NULL,
    active boolean NOT NULL DEFAULT true,
    daily_cap integer NOT NULL,
    assigned_today integer NOT NULL DEFAULT 0,
    last_assigned_at timestamptz
);

CREATE TABLE caller_states (
    caller_id bigint NOT NULL REFERENCES callers,
    state text NOT NULL,
    PRIMARY KEY (state, caller_id)
);

CREATE TABLE leads (
    id bigserial PRIMARY KEY,
    name text NOT NULL,
    phone text NOT NULL,
    state text NOT NULL,
    source text NOT NULL,
    status text NOT NULL,
    caller_id bigint REFERENCES callers,
    duplicate_of bigint REFERENCES leads,
    created_at timestamptz NOT NULL DEFAULT now(),
    assigned_at timestamptz
);
CREATE INDEX leads_phone ON leads (phone, created_at);
CREATE INDEX leads_caller ON leads (caller_id, status);

CREATE TABLE assignment_log (
    id bigserial PRIMARY KEY,
    lead_id bigint NOT NULL REFERENCES leads,
    caller_id bigint REFERENCES callers,
    reason text NOT NULL,
    count_before integer,
    at timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION lead_in(p_name text, p_phone text, p_state text, p_source text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_first bigint;
    v_lead bigint;
    v_caller bigint;
    v_before integer;
    v_reason text := 'state';
BEGIN
    SELECT id INTO v_first FROM leads
    WHERE phone = p_phone AND created_at > now() - interval '24 hours'
    ORDER BY id LIMIT 1;
    IF FOUND THEN
        INSERT INTO leads (name, phone, state, source, status, duplicate_of)
        VALUES (p_name, p_phone, p_state, p_source, 'duplicate', v_first)
        RETURNING id INTO v_lead;
        INSERT INTO assignment_log (lead_id, reason) VALUES (v_lead, 'duplicate');
        RETURN NULL;
    END IF;

    SELECT c.id, c.assigned_today INTO v_caller, v_before
    FROM callers c JOIN caller_states s ON s.caller_id = c.id
    WHERE s.state = p_state AND c.active AND c.assigned_today < c.daily_cap
    ORDER BY c.last_assigned_at NULLS FIRST, c.id
    LIMIT 1 FOR UPDATE OF c;
    IF NOT FOUND THEN
        v_reason := 'global';
        SELECT c.id, c.assigned_today INTO v_caller, v_before
        FROM callers c
        WHERE c.active AND c.assigned_today < c.daily_cap
        ORDER BY c.last_assigned_at NULLS FIRST, c.id
        LIMIT 1 FOR UPDATE OF c;
    END IF;

    INSERT INTO leads (name, phone, state, source, status, caller_id, assigned_at)
    VALUES (p_name, p_phone, p_state, p_source,
            CASE WHEN v_caller IS NULL THEN 'waiting' ELSE 'assigned' END,
            v_caller, CASE WHEN v_caller IS NULL THEN NULL ELSE clock_timestamp() END)
    RETURNING id INTO v_lead;
    IF v_caller IS NOT NULL THEN
        UPDATE callers
        SET assigned_today = assigned_today + 1, last_assigned_at = clock_timestamp()
        WHERE id = v_caller;
    END IF;
    INSERT INTO assignment_log (lead_id, caller_id, reason, count_before)
    VALUES (v_lead, v_caller, v_reason, v_before);
    RETURN v_caller;
END
$$;

-- 30 callers; each of five states has five of its own, and five serve everywhere.
INSERT INTO callers (name, daily_cap) SELECT 'Caller ' || n, 100000000 FROM generate_series(1, 30) n;
INSERT INTO caller_states (caller_id, state)
SELECT id, (ARRAY['mh', 'ka', 'dl', 'tn', 'gj'])[1 + (id - 1) / 5] FROM callers WHERE id <= 25;
