-- One row for each relation and each that it is a part of or made from: partition or child, index, TOAST table, sequence
-- of a column, view. The tables are read as they were when the portal was bound, the locks as they are when it runs. What else goes with a
-- table (constraints, triggers, defaults) is not listed: its table is.
SELECT 'before' AS what, 0::pg_catalog.oid AS oid, NULL::pg_catalog.text AS schema, NULL::pg_catalog.text AS name,
    NULL::pg_catalog.text AS kind, NULL::pg_catalog.oid AS parent, NULL, NULL, NULL, NULL, NULL::boolean AS temporary,
    NULL, NULL, NULL, NULL, NULL, NULL
UNION ALL
SELECT CASE WHEN c.oid IS NULL THEN 'was-object' ELSE 'was' END, COALESCE(c.oid, l.objid),
    n.nspname::pg_catalog.text, c.relname::pg_catalog.text, COALESCE(c.relkind::pg_catalog.text, l.classid::bigint::pg_catalog.text),
    up.parent, NULL, NULL, NULL, NULL, COALESCE(n.oid OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema(), false)
        OR COALESCE(c.relpersistence OPERATOR(pg_catalog.=) 't', false),
    NULL, NULL, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_locks l
    LEFT JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) l.relation
    LEFT JOIN LATERAL (
        SELECT i.inhparent AS parent FROM pg_catalog.pg_inherits i WHERE i.inhrelid OPERATOR(pg_catalog.=) c.oid
        UNION
        SELECT x.indrelid FROM pg_catalog.pg_index x WHERE x.indexrelid OPERATOR(pg_catalog.=) c.oid
        UNION
        SELECT d.refobjid FROM pg_catalog.pg_depend d
        WHERE d.classid OPERATOR(pg_catalog.=) 1259 AND d.objid OPERATOR(pg_catalog.=) c.oid
            AND d.refclassid OPERATOR(pg_catalog.=) 1259
            AND d.deptype OPERATOR(pg_catalog.=) ANY ('{a,i}'::pg_catalog."char"[])
        UNION
        SELECT d.refobjid FROM pg_catalog.pg_rewrite w, pg_catalog.pg_depend d
        WHERE w.ev_class OPERATOR(pg_catalog.=) c.oid AND d.classid OPERATOR(pg_catalog.=) 2618
            AND d.objid OPERATOR(pg_catalog.=) w.oid AND d.refclassid OPERATOR(pg_catalog.=) 1259
            AND d.refobjid OPERATOR(pg_catalog.<>) c.oid) up ON true
    LEFT JOIN pg_catalog.pg_type t ON l.classid OPERATOR(pg_catalog.=) 1247 AND t.oid OPERATOR(pg_catalog.=) l.objid
    LEFT JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) COALESCE(c.relnamespace, t.typnamespace)
WHERE l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()
    AND l.mode OPERATOR(pg_catalog.=) 'AccessExclusiveLock' AND l.granted
    AND CASE
        WHEN l.locktype OPERATOR(pg_catalog.=) 'relation' THEN c.oid IS NOT NULL
        WHEN l.locktype OPERATOR(pg_catalog.<>) 'object' THEN false
        WHEN l.classid OPERATOR(pg_catalog.=) 1247 THEN t.oid IS NOT NULL
        ELSE l.classid OPERATOR(pg_catalog.<>) ALL (ARRAY[2606, 2604, 2620, 2618]::pg_catalog.oid[])
    END
