SELECT l.locktype AS what, l.relation AS oid, l.mode, pg_catalog.regclassout(l.relation::pg_catalog.regclass) AS name,
    pg_catalog.pg_relation_filepath(l.relation::pg_catalog.regclass) AS file,
    pg_catalog.pg_partition_root(l.relation::pg_catalog.regclass) IS NOT NULL AS parts,
    pg_catalog.pg_stat_get_xact_tuples_inserted(l.relation) AS inserted,
    pg_catalog.pg_stat_get_xact_tuples_updated(l.relation) AS updated,
    pg_catalog.pg_stat_get_xact_tuples_deleted(l.relation) AS deleted,
    CASE WHEN (pg_catalog.pg_stat_get_xact_tuples_deleted(l.relation) OPERATOR(pg_catalog.>) 0
            OR pg_catalog.pg_stat_get_xact_tuples_updated(l.relation) OPERATOR(pg_catalog.>=) 5)
            AND pg_catalog.pg_relation_size(l.relation::pg_catalog.regclass) OPERATOR(pg_catalog.>) 32768
            AND COALESCE(pg_catalog.pg_stat_get_last_analyze_time(l.relation),
                pg_catalog.pg_stat_get_last_autoanalyze_time(l.relation),
                pg_catalog.pg_stat_get_last_vacuum_time(l.relation),
                pg_catalog.pg_stat_get_last_autovacuum_time(l.relation)) IS NOT NULL
        THEN pg_catalog.pg_stat_get_live_tuples(l.relation) END AS estimate,
    CASE WHEN l.locktype OPERATOR(pg_catalog.=) 'virtualxid' THEN pg_catalog.current_setting('track_counts') END AS counts,
    CASE WHEN l.locktype OPERATOR(pg_catalog.=) 'virtualxid' THEN pg_catalog.current_setting('server_version_num') END AS version,
    CASE WHEN l.locktype OPERATOR(pg_catalog.=) 'virtualxid'
        THEN pg_catalog.set_config('transaction_read_only', 'on', true) END AS closed,
    CASE WHEN l.locktype OPERATOR(pg_catalog.=) 'virtualxid'
        THEN pg_catalog.pg_stat_force_next_flush()::pg_catalog.text END AS flushed,
    CASE WHEN l.locktype OPERATOR(pg_catalog.=) 'virtualxid' THEN EXISTS (
        SELECT FROM pg_catalog.pg_cursor() c WHERE c.is_holdable
            AND c.creation_time OPERATOR(pg_catalog.>=) pg_catalog.transaction_timestamp()) END AS holds,
    CASE WHEN l.locktype OPERATOR(pg_catalog.=) 'relation' THEN EXISTS (
        SELECT FROM pg_catalog.pg_trigger t
        WHERE t.tgrelid OPERATOR(pg_catalog.=) l.relation AND t.tgdeferrable) END AS defers
FROM pg_catalog.pg_lock_status() l
WHERE l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()
    AND l.mode OPERATOR(pg_catalog.=) ANY
        (ARRAY['RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock']::pg_catalog.text[])
