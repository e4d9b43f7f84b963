-- The tables statements are made about. Their values are as unlike one another as values can be, NULL among them, so
-- that a predicate which bounds anything leaves some row out.
CREATE TABLE item (id int PRIMARY KEY, code text NOT NULL UNIQUE, made timestamptz NOT NULL, n int, price numeric, name text, active boolean, due date, tags text[], doc jsonb, parent int);
INSERT INTO item
SELECT
  CASE g WHEN 1 THEN -2147483648 WHEN 2 THEN 2147483647 WHEN 3 THEN 0 WHEN 4 THEN -1 WHEN 5 THEN 1000000 ELSE g END,
  CASE g WHEN 1 THEN '' WHEN 2 THEN U&'\FFFD\FFFD' WHEN 3 THEN ' ' WHEN 4 THEN '%' WHEN 5 THEN '_' WHEN 6 THEN E'\n' WHEN 7 THEN '~~~' ELSE chr(64 + g % 60) || g END,
  CASE g WHEN 1 THEN '-infinity' WHEN 2 THEN 'infinity' ELSE timestamptz '2020-01-01 00:00+00' + (g - 30) * interval '400 days' END,
  CASE WHEN g % 5 = 0 THEN NULL WHEN g = 1 THEN -2147483648 WHEN g = 2 THEN 2147483647 ELSE (g - 30) * 7 END,
  CASE WHEN g % 6 = 0 THEN NULL WHEN g = 1 THEN 'NaN' WHEN g = 2 THEN 'Infinity' WHEN g = 3 THEN '-Infinity' ELSE (g - 30) * 1.5 END,
  CASE WHEN g % 7 = 0 THEN NULL WHEN g = 1 THEN '' ELSE chr(96 + g % 26) || g END,
  CASE g % 3 WHEN 0 THEN NULL WHEN 1 THEN true ELSE false END,
  CASE WHEN g % 4 = 0 THEN NULL ELSE date '2020-01-01' + (g - 30) * 300 END,
  CASE WHEN g % 4 = 1 THEN NULL WHEN g % 4 = 2 THEN '{}' ELSE ARRAY['t' || g] END,
  CASE WHEN g % 3 = 1 THEN NULL WHEN g % 3 = 2 THEN '{}' ELSE jsonb_build_object('k', g) END,
  CASE WHEN g % 2 = 0 THEN NULL ELSE g + 1 END
FROM generate_series(1, 60) g;
CREATE TABLE part (id int PRIMARY KEY, code text NOT NULL, made timestamptz NOT NULL, n int, price numeric, name text, active boolean, due date, tags text[], doc jsonb, parent int);
INSERT INTO part SELECT id, code, made, parent, price, name, active, due, tags, doc, CASE WHEN n < 0 THEN id END FROM item WHERE id <> 7 AND id < 50;
INSERT INTO part SELECT g, 'only' || g, timestamptz '1999-01-01 00:00+00' + g * interval '1 day', NULL, 12345 + g, 'only' || g, g % 2 = 0, NULL, NULL, NULL, NULL FROM generate_series(7001, 7006) g;
CREATE TABLE empty (LIKE item);
CREATE TABLE "Odd; Name" ("delete" int PRIMARY KEY, "drop table" text);
INSERT INTO "Odd; Name" SELECT g, 'x' || g FROM generate_series(1, 20) g;
CREATE SEQUENCE counter;
CREATE VIEW visible AS SELECT * FROM item WHERE active IS NOT TRUE;
CREATE TABLE behind AS SELECT * FROM item WHERE id NOT IN (9, 10, 11) UNION ALL SELECT * FROM part WHERE id > 7000;
CREATE VIEW whole AS SELECT * FROM behind;
CREATE MATERIALIZED VIEW summary AS SELECT count(*) FROM item;
CREATE TYPE mood AS ENUM ('sad', 'fine');
CREATE FUNCTION calm(v int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT v + 1';
CREATE FUNCTION wipe() RETURNS int LANGUAGE plpgsql AS $$ BEGIN DELETE FROM part; RETURN 1; END $$;
CREATE FUNCTION wipe(v int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN DELETE FROM part; RETURN v; END $$;
CREATE FUNCTION burn() RETURNS SETOF int LANGUAGE plpgsql STABLE AS $$ BEGIN EXECUTE 'DROP TABLE IF EXISTS "Odd; Name"'; RETURN; END $$;
CREATE PROCEDURE clear() LANGUAGE sql AS $$ DELETE FROM part $$;
CREATE VIEW wiping AS SELECT wipe() AS wiped;
CREATE OPERATOR <~> (leftarg = int, rightarg = int, function = int4eq);
CREATE FUNCTION wipes(a text, b int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN DELETE FROM part; RETURN true; END $$;
CREATE OPERATOR <!> (leftarg = text, rightarg = int, function = wipes);
CREATE FUNCTION fits(v int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN DELETE FROM part; RETURN true; END $$;
CREATE DOMAIN wiping_int AS int CHECK (fits(VALUE));
