WITH held AS MATERIALIZED (
    SELECT l.relation, l.classid, l.objid,
        pg_catalog.bool_or(l.mode OPERATOR(pg_catalog.=) 'AccessExclusiveLock') AS locked
    FROM pg_catalog.pg_locks l
    WHERE l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()
        AND (l.locktype OPERATOR(pg_catalog.=) 'relation' AND l.mode OPERATOR(pg_catalog.=) ANY
            (ARRAY['RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock']::pg_catalog.text[])
        OR l.locktype OPERATOR(pg_catalog.=) 'object' AND l.mode OPERATOR(pg_catalog.=) 'AccessExclusiveLock')
    GROUP BY l.relation, l.classid, l.objid
), links AS NOT MATERIALIZED (
    SELECT i.inhrelid, i.inhparent FROM pg_catalog.pg_inherits i
    WHERE i.inhseqno OPERATOR(pg_catalog.=) 1
        AND NOT CASE
            WHEN pg_catalog.age(i.xmin) OPERATOR(pg_catalog.>) 0 THEN false
            WHEN pg_catalog.age(i.xmin) OPERATOR(pg_catalog.<) -1000000 THEN false
            ELSE pg_catalog.pg_xact_status((pg_catalog.pg_current_xact_id_if_assigned()::pg_catalog.text::bigint
                OPERATOR(pg_catalog.-) pg_catalog.age(i.xmin))::pg_catalog.text::pg_catalog.xid8)
                OPERATOR(pg_catalog.=) 'in progress'
        END
), touched AS MATERIALIZED (
    SELECT h.relation AS oid, h.locked, c.oid IS NULL AS gone, c.relkind, c.reltuples,
        n.inserted, n.updated, n.deleted, n.updated OPERATOR(pg_catalog.+) n.deleted AS changed,
        -- What dates a relation is that its row type is a part of it: of all that stands of it in the catalogs no ALTER, GRANT
        -- or rewriting makes that row anew. A sequence has no type, but columns.
        h.locked AND c.oid IS NOT NULL AND EXISTS (
            SELECT FROM (
                SELECT d.xmin FROM pg_catalog.pg_depend d
                WHERE d.refclassid OPERATOR(pg_catalog.=) 1259 AND d.refobjid OPERATOR(pg_catalog.=) c.oid
                    AND d.refobjsubid OPERATOR(pg_catalog.=) 0 AND d.classid OPERATOR(pg_catalog.=) 1247
                    AND d.objid OPERATOR(pg_catalog.=) c.reltype AND d.deptype OPERATOR(pg_catalog.=) 'i'
                UNION ALL
                SELECT a.xmin FROM pg_catalog.pg_attribute a
                WHERE c.relkind OPERATOR(pg_catalog.=) 'S' AND a.attrelid OPERATOR(pg_catalog.=) c.oid
                    AND a.attnum OPERATOR(pg_catalog.=) -1) a
            WHERE CASE
                    WHEN pg_catalog.age(a.xmin) OPERATOR(pg_catalog.>) 0 THEN false
                    WHEN pg_catalog.age(a.xmin) OPERATOR(pg_catalog.<) -1000000 THEN false
                    ELSE pg_catalog.pg_xact_status((pg_catalog.pg_current_xact_id_if_assigned()::pg_catalog.text::bigint
                        OPERATOR(pg_catalog.-) pg_catalog.age(a.xmin))::pg_catalog.text::pg_catalog.xid8)
                        OPERATOR(pg_catalog.=) 'in progress'
                END) AS created,
        CASE
            WHEN c.oid IS NULL THEN NULL
            WHEN c.relkind OPERATOR(pg_catalog.=) 'S' THEN (
                SELECT d.refobjid FROM pg_catalog.pg_depend d
                WHERE d.classid OPERATOR(pg_catalog.=) 1259 AND d.objid OPERATOR(pg_catalog.=) c.oid
                    AND d.refclassid OPERATOR(pg_catalog.=) 1259
                    AND d.deptype OPERATOR(pg_catalog.=) ANY ('{a,i}'::pg_catalog."char"[])
                LIMIT 1)
            ELSE (
                -- What became a part in this transaction was none before: its rows are not those of the whole.
                WITH RECURSIVE up AS (
                    SELECT l.inhparent, 1 AS height FROM links l WHERE l.inhrelid OPERATOR(pg_catalog.=) c.oid
                    UNION ALL
                    SELECT l.inhparent, up.height OPERATOR(pg_catalog.+) 1 FROM up, links l
                    WHERE l.inhrelid OPERATOR(pg_catalog.=) up.inhparent)
                SELECT up.inhparent FROM up ORDER BY up.height DESC LIMIT 1)
        END AS parent
    FROM held h
        LEFT JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) h.relation
        CROSS JOIN LATERAL (
            SELECT pg_catalog.pg_stat_get_xact_tuples_inserted(h.relation) AS inserted,
                pg_catalog.pg_stat_get_xact_tuples_updated(h.relation) AS updated,
                pg_catalog.pg_stat_get_xact_tuples_deleted(h.relation) AS deleted OFFSET 0) n
    WHERE h.relation IS NOT NULL
        AND CASE
            WHEN c.oid IS NULL THEN h.locked
            WHEN c.relpersistence OPERATOR(pg_catalog.=) 't' THEN false
            WHEN c.relkind OPERATOR(pg_catalog.=) ANY ('{i,I,t}'::pg_catalog."char"[]) THEN false
            WHEN h.locked OR c.relkind OPERATOR(pg_catalog.=) 'f' THEN true
            ELSE c.relkind OPERATOR(pg_catalog.<>) 'S' AND n.inserted OPERATOR(pg_catalog.+) n.updated
                OPERATOR(pg_catalog.+) n.deleted OPERATOR(pg_catalog.>) 0
        END
), known AS MATERIALIZED (
    SELECT t.*, COALESCE(t.parent, t.oid) AS root,
        CASE WHEN t.relkind OPERATOR(pg_catalog.=) ANY ('{r,m}'::pg_catalog."char"[])
                AND (t.locked OR t.changed OPERATOR(pg_catalog.>) 0) THEN
            CASE WHEN COALESCE(pg_catalog.pg_stat_get_last_analyze_time(t.oid),
                    pg_catalog.pg_stat_get_last_autoanalyze_time(t.oid), pg_catalog.pg_stat_get_last_vacuum_time(t.oid),
                    pg_catalog.pg_stat_get_last_autovacuum_time(t.oid)) IS NULL
                -- Never looked at, or the statistics were lost (a crash): what pg_class remembers may be more.
                THEN GREATEST(pg_catalog.pg_stat_get_live_tuples(t.oid), t.reltuples::bigint, 0)
                ELSE pg_catalog.pg_stat_get_live_tuples(t.oid)
            END
        END AS estimate
    FROM touched t
), suspects AS MATERIALIZED (
    SELECT CASE WHEN r.relkind OPERATOR(pg_catalog.=) 'p' THEN r.oid ELSE k.oid END AS oid,
        LEAST(pg_catalog.sum(k.changed) OPERATOR(pg_catalog.*) 20 OPERATOR(pg_catalog.+) 101, 100000) AS most,
        CASE WHEN pg_catalog.bool_or(r.relkind OPERATOR(pg_catalog.=) 'p') THEN (
            SELECT pg_catalog.format(' WHERE tableoid OPERATOR(pg_catalog.<>) ALL (%L::pg_catalog.oid[])',
                pg_catalog.array_agg(new.oid))
            FROM known new WHERE new.locked AND new.relkind OPERATOR(pg_catalog.=) 'r'
                AND new.root OPERATOR(pg_catalog.<>) pg_catalog.max(r.oid)
            HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0)
        END AS without
    FROM known k, pg_catalog.pg_class r
    WHERE r.oid OPERATOR(pg_catalog.=) k.root AND k.oid OPERATOR(pg_catalog.>=) 16384
        AND k.estimate IS NOT NULL AND NOT k.created
    GROUP BY 1
    HAVING pg_catalog.bool_or(k.locked
        -- Another session's deletions may not be in the statistics yet: of a small table they are not believed.
        OR k.deleted OPERATOR(pg_catalog.>) 0 AND (k.deleted OPERATOR(pg_catalog.*) 2 OPERATOR(pg_catalog.>=) k.estimate
            OR pg_catalog.pg_relation_size(k.oid) OPERATOR(pg_catalog.<=) 32768)
        OR k.changed OPERATOR(pg_catalog.>=) 5
            AND k.changed OPERATOR(pg_catalog.*) 20 OPERATOR(pg_catalog.>=) k.estimate)
), counted AS MATERIALIZED (
    SELECT s.oid, s.most,
        CASE WHEN c.relispopulated
                AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
                AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
                AND NOT pg_catalog.row_security_active(c.oid)
                AND (c.relkind OPERATOR(pg_catalog.<>) 'p' OR NOT EXISTS (
                    SELECT FROM pg_catalog.pg_partition_tree(c.oid) p, pg_catalog.pg_class leaf
                    WHERE leaf.oid OPERATOR(pg_catalog.=) p.relid AND leaf.relkind OPERATOR(pg_catalog.=) 'f'))
            THEN pg_catalog.substring(pg_catalog.query_to_xml(pg_catalog.format(
                'SELECT pg_catalog.count(*) AS n FROM (SELECT FROM %s %I.%I%s LIMIT %s) s',
                CASE WHEN c.relkind OPERATOR(pg_catalog.=) 'r' THEN 'ONLY' ELSE '' END,
                n.nspname, c.relname, s.without, s.most), true, true, '')::pg_catalog.text, '<n>([0-9]+)</n>')::bigint
        END AS remain
    FROM suspects s, pg_catalog.pg_class c, pg_catalog.pg_namespace n
    WHERE c.oid OPERATOR(pg_catalog.=) s.oid AND n.oid OPERATOR(pg_catalog.=) c.relnamespace
)
SELECT 'summary' AS what, 0::pg_catalog.oid AS oid, pg_catalog.current_setting('track_counts') AS schema,
    pg_catalog.current_setting('server_version_num') AS name, NULL::pg_catalog.text AS kind,
    NULL::pg_catalog.oid AS root, NULL::pg_catalog.name AS root_schema, NULL::pg_catalog.name AS root_name,
    NULL::pg_catalog.text AS root_kind, EXISTS (
        SELECT FROM held h, pg_catalog.pg_class c
        WHERE c.oid OPERATOR(pg_catalog.=) h.relation AND c.relpersistence OPERATOR(pg_catalog.=) 't') AS locked,
    -- Whether the portal of what stood before is the one that was bound for it.
    COALESCE((
        SELECT EXISTS (SELECT FROM pg_catalog.pg_prepared_statements p
            WHERE p.name OPERATOR(pg_catalog.=) '_stockade_mark' AND NOT p.from_sql
                AND b.creation_time OPERATOR(pg_catalog.<=) p.prepare_time)
        FROM pg_catalog.pg_cursors b WHERE b.name OPERATOR(pg_catalog.=) '_stockade_before'), false) AS created,
    NULL::bigint AS inserted,
    NULL::bigint AS updated, NULL::bigint AS deleted, NULL::bigint AS estimate, NULL::bigint AS remain,
    NULL::boolean AS asked
UNION ALL
SELECT CASE WHEN k.gone THEN 'gone' ELSE 'relation' END, k.oid, n.nspname::pg_catalog.text, c.relname::pg_catalog.text,
    k.relkind::pg_catalog.text, k.root, rn.nspname, r.relname, r.relkind::pg_catalog.text, k.locked, k.created,
    k.inserted, k.updated, k.deleted, k.estimate, x.remain, x.oid IS NOT NULL
FROM known k
    LEFT JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) k.oid
    LEFT JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
    LEFT JOIN pg_catalog.pg_class r ON r.oid OPERATOR(pg_catalog.=) k.root
    LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid OPERATOR(pg_catalog.=) r.relnamespace
    LEFT JOIN counted x ON x.oid OPERATOR(pg_catalog.=)
        CASE WHEN r.relkind OPERATOR(pg_catalog.=) 'p' THEN r.oid ELSE k.oid END
UNION ALL
SELECT CASE WHEN i.identity IS NULL THEN 'gone-object' ELSE 'object' END, h.objid, i.type, i.identity,
    h.classid::bigint::pg_catalog.text, NULL, NULL, NULL, NULL, true, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM held h, LATERAL pg_catalog.pg_identify_object(h.classid, h.objid, 0) i
WHERE h.relation IS NULL
