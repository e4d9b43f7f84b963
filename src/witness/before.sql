-- The tables are read as they were when the portal was bound, the locks as they are when it runs.
SELECT 'before' AS what, 0::pg_catalog.oid AS oid, NULL::pg_catalog.text AS schema, NULL::pg_catalog.text AS name,
    NULL::pg_catalog.text AS kind, NULL::pg_catalog.oid AS root, NULL::pg_catalog.name AS root_schema,
    NULL::pg_catalog.name AS root_name, NULL::pg_catalog.text AS root_kind, NULL::boolean AS locked,
    NULL::boolean AS temporary, NULL::bigint AS inserted, NULL::bigint AS updated, NULL::bigint AS deleted,
    NULL::bigint AS estimate, NULL::bigint AS remain, NULL::boolean AS asked
UNION ALL
SELECT 'was', c.oid, n.nspname::pg_catalog.text, c.relname::pg_catalog.text, c.relkind::pg_catalog.text,
    COALESCE(r.oid, c.oid), COALESCE(rn.nspname, n.nspname), COALESCE(r.relname, c.relname),
    COALESCE(r.relkind, c.relkind)::pg_catalog.text, true, c.relpersistence OPERATOR(pg_catalog.=) 't',
    NULL, NULL, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_locks l
    JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) l.relation
    JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
    LEFT JOIN LATERAL (
        WITH RECURSIVE up AS (
            SELECT i.inhparent, 1 AS height FROM pg_catalog.pg_inherits i
            WHERE i.inhrelid OPERATOR(pg_catalog.=) c.oid AND i.inhseqno OPERATOR(pg_catalog.=) 1
            UNION ALL
            SELECT i.inhparent, up.height OPERATOR(pg_catalog.+) 1 FROM up, pg_catalog.pg_inherits i
            WHERE i.inhrelid OPERATOR(pg_catalog.=) up.inhparent AND i.inhseqno OPERATOR(pg_catalog.=) 1)
        SELECT up.inhparent FROM up ORDER BY up.height DESC LIMIT 1) p ON true
    LEFT JOIN pg_catalog.pg_class r ON r.oid OPERATOR(pg_catalog.=) p.inhparent
    LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid OPERATOR(pg_catalog.=) r.relnamespace
WHERE l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid() AND l.locktype OPERATOR(pg_catalog.=) 'relation'
    AND l.mode OPERATOR(pg_catalog.=) 'AccessExclusiveLock' AND l.granted
UNION ALL
SELECT 'was-object', l.objid, NULL, NULL, l.classid::bigint::pg_catalog.text, NULL, NULL, NULL, NULL, true,
    -- Those that come and go with a temporary table; whatever else, is as if it had been there.
    COALESCE(o.namespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema(), false),
    NULL, NULL, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_locks l
    LEFT JOIN LATERAL (
        SELECT t.typnamespace AS namespace FROM pg_catalog.pg_type t
        WHERE l.classid OPERATOR(pg_catalog.=) 1247 AND t.oid OPERATOR(pg_catalog.=) l.objid
        UNION ALL
        SELECT k.connamespace FROM pg_catalog.pg_constraint k
        WHERE l.classid OPERATOR(pg_catalog.=) 2606 AND k.oid OPERATOR(pg_catalog.=) l.objid
        UNION ALL
        SELECT c.relnamespace FROM pg_catalog.pg_attrdef d, pg_catalog.pg_class c
        WHERE l.classid OPERATOR(pg_catalog.=) 2604 AND d.oid OPERATOR(pg_catalog.=) l.objid
            AND c.oid OPERATOR(pg_catalog.=) d.adrelid
        UNION ALL
        SELECT c.relnamespace FROM pg_catalog.pg_trigger d, pg_catalog.pg_class c
        WHERE l.classid OPERATOR(pg_catalog.=) 2620 AND d.oid OPERATOR(pg_catalog.=) l.objid
            AND c.oid OPERATOR(pg_catalog.=) d.tgrelid) o ON true
WHERE l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid() AND l.locktype OPERATOR(pg_catalog.=) 'object'
    AND l.mode OPERATOR(pg_catalog.=) 'AccessExclusiveLock' AND l.granted
    AND (o.namespace IS NOT NULL
        OR l.classid OPERATOR(pg_catalog.<>) ALL (ARRAY[1247, 2606, 2604, 2620]::pg_catalog.oid[]))
