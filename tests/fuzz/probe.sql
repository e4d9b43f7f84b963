-- Looks at what the fixture was, from outside: what of it is gone or changed, and which tables have no row left as it was.
DROP SCHEMA IF EXISTS probe CASCADE;
CREATE SCHEMA probe;
CREATE VIEW probe.now AS
  SELECT 'relation' AS kind, c.oid AS id, 0 AS part, concat_ws(' ', relname, relkind, relowner, relpersistence) AS state
    FROM pg_class c JOIN pg_namespace s ON s.oid = relnamespace AND nspname = 'public'
  UNION ALL
  SELECT 'column', attrelid, attnum, concat_ws(' ', relname, attname, atttypid, attnotnull)
    FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace s ON s.oid = relnamespace AND nspname = 'public'
    WHERE attnum > 0 AND NOT attisdropped
  UNION ALL
  SELECT 'constraint', c.oid, 0, concat_ws(' ', conname, convalidated) FROM pg_constraint c JOIN pg_namespace s ON s.oid = connamespace AND nspname = 'public'
  UNION ALL
  SELECT 'function', p.oid, 0, concat_ws(' ', proname, md5(prosrc)) FROM pg_proc p JOIN pg_namespace s ON s.oid = pronamespace AND nspname = 'public'
  UNION ALL
  SELECT 'type', t.oid, 0, typname FROM pg_type t JOIN pg_namespace s ON s.oid = typnamespace AND nspname = 'public'
  UNION ALL
  SELECT 'operator', o.oid, 0, oprname FROM pg_operator o JOIN pg_namespace s ON s.oid = oprnamespace AND nspname = 'public'
  UNION ALL
  SELECT 'rule', r.oid, 0, concat_ws(' ', rulename, md5(ev_action::text))
    FROM pg_rewrite r JOIN pg_class c ON c.oid = ev_class JOIN pg_namespace s ON s.oid = relnamespace AND nspname = 'public';
CREATE TABLE probe.base AS SELECT * FROM probe.now;
CREATE TABLE probe.since AS SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS xid;
CREATE FUNCTION probe.look() RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  named text;
  kept bigint;
  counted bigint;
  since bigint := (SELECT xid FROM probe.since);
BEGIN
  RETURN QUERY SELECT 'lost: ' || kind || ' ' || state FROM (SELECT * FROM probe.base EXCEPT SELECT * FROM probe.now) lost;
  IF EXISTS (SELECT FROM probe.now EXCEPT SELECT FROM probe.base) OR (SELECT count(*) FROM probe.now) <> (SELECT count(*) FROM probe.base) THEN
    RETURN NEXT 'new objects';
  END IF;
  FOREACH named IN ARRAY ARRAY['item', 'part', 'behind', 'Odd; Name'] LOOP
    IF to_regclass(format('public.%I', named)) IS NOT NULL THEN
      EXECUTE format('SELECT count(*) FILTER (WHERE xmin::text::bigint < %s), count(*) FROM ONLY public.%I', since, named) INTO kept, counted;
      IF kept = 0 THEN
        RETURN NEXT 'lost: every row of ' || named;
      ELSIF kept <> counted OR kept <> (SELECT rows FROM probe.rows WHERE name = named) THEN
        RETURN NEXT 'rows: ' || named;
      END IF;
    END IF;
  END LOOP;
END $$;
CREATE TABLE probe.rows AS SELECT 'item' AS name, count(*) AS rows FROM public.item UNION ALL SELECT 'part', count(*) FROM public.part
  UNION ALL SELECT 'behind', count(*) FROM public.behind
  UNION ALL SELECT 'Odd; Name', count(*) FROM public."Odd; Name";
GRANT USAGE ON SCHEMA probe TO PUBLIC;
GRANT EXECUTE ON FUNCTION probe.look TO PUBLIC;
