-- ActiveRecord 6.1.7.10 with pg 1.4.5: queries, locks, batches, schema dump.
-- stockade: read
SET client_min_messages TO 'warning'
-- stockade: read
SET standard_conforming_strings = on
-- stockade: read
SET intervalstyle = iso_8601
-- stockade: read
SET SESSION statement_timeout TO 5000
-- stockade: read
SET SESSION timezone TO 'UTC'
-- stockade: read
SELECT t.oid, t.typname
FROM pg_type as t
WHERE t.typname IN ('int2', 'int4', 'int8', 'oid', 'float4', 'float8', 'numeric', 'bool', 'timestamp', 'timestamptz')
-- stockade: read
SELECT t.oid, t.typname, t.typelem, t.typdelim, t.typinput, r.rngsubtype, t.typtype, t.typbasetype
FROM pg_type as t
LEFT JOIN pg_range as r ON oid = rngtypid
WHERE
  t.typname IN ('int2', 'int4', 'int8', 'oid', 'float4', 'float8', 'text', 'varchar', 'char', 'name', 'bpchar', 'bool', 'bit', 'varbit', 'timestamptz', 'date', 'money', 'bytea', 'point', 'hstore', 'json', 'jsonb', 'cidr', 'inet', 'uuid', 'xml', 'tsvector', 'macaddr', 'citext', 'ltree', 'line', 'lseg', 'box', 'path', 'polygon', 'circle', 'time', 'timestamp', 'numeric', 'interval')
  OR t.typtype IN ('r', 'e', 'd')
  OR t.typinput = 'array_in(cstring,oid,integer)'::regprocedure
  OR t.typelem != 0
-- stockade: read
SHOW TIME ZONE
-- stockade: read
SELECT 1
-- stockade: read
SELECT c.relname FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY (current_schemas(false)) AND c.relkind IN ('r','p')
-- stockade: read
SELECT nspname
  FROM pg_namespace
 WHERE nspname !~ '^pg_.*'
   AND nspname NOT IN ('information_schema')
 ORDER by nspname;
-- stockade: read
SELECT extname FROM pg_extension
-- stockade: read
SELECT current_database()
-- stockade: read
SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()
-- stockade: read
SELECT datcollate FROM pg_database WHERE datname = current_database()
-- stockade: read
SELECT datctype FROM pg_database WHERE datname = current_database()
-- stockade: read
SHOW client_min_messages
-- stockade: read
SHOW search_path
-- stockade: read
SELECT a.attname, format_type(a.atttypid, a.atttypmod),
       pg_get_expr(d.adbin, d.adrelid), a.attnotnull, a.atttypid, a.atttypmod,
       c.collname, col_description(a.attrelid, a.attnum) AS comment
  FROM pg_attribute a
  LEFT JOIN pg_attrdef d ON a.attrelid = d.adrelid AND a.attnum = d.adnum
  LEFT JOIN pg_type t ON a.atttypid = t.oid
  LEFT JOIN pg_collation c ON a.attcollation = c.oid AND a.attcollation <> t.typcollation
 WHERE a.attrelid = '"sa_nodes"'::regclass
   AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attnum
-- stockade: read
SELECT distinct i.relname, d.indisunique, d.indkey, pg_get_indexdef(d.indexrelid), t.oid,
                pg_catalog.obj_description(i.oid, 'pg_class') AS comment
FROM pg_class t
INNER JOIN pg_index d ON t.oid = d.indrelid
INNER JOIN pg_class i ON d.indexrelid = i.oid
LEFT JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE i.relkind IN ('i', 'I')
  AND d.indisprimary = 'f'
  AND t.relname = 'sa_nodes'
  AND n.nspname = ANY (current_schemas(false))
ORDER BY i.relname
-- stockade: read
SELECT t2.oid::regclass::text AS to_table, a1.attname AS column, a2.attname AS primary_key, c.conname AS name, c.confupdtype AS on_update, c.confdeltype AS on_delete, c.convalidated AS valid
FROM pg_constraint c
JOIN pg_class t1 ON c.conrelid = t1.oid
JOIN pg_class t2 ON c.confrelid = t2.oid
JOIN pg_attribute a1 ON a1.attnum = c.conkey[1] AND a1.attrelid = t1.oid
JOIN pg_attribute a2 ON a2.attnum = c.confkey[1] AND a2.attrelid = t2.oid
JOIN pg_namespace t3 ON c.connamespace = t3.oid
WHERE c.contype = 'f'
  AND t1.relname = 'sa_nodes'
  AND t3.nspname = ANY (current_schemas(false))
ORDER BY c.conname
-- stockade: read
SELECT a.attname
  FROM (
         SELECT indrelid, indkey, generate_subscripts(indkey, 1) idx
           FROM pg_index
          WHERE indrelid = '"sa_nodes"'::regclass
            AND indisprimary
       ) i
  JOIN pg_attribute a
    ON a.attrelid = i.indrelid
   AND a.attnum = i.indkey[i.idx]
 ORDER BY i.idx
-- stockade: read
SELECT conname, pg_get_constraintdef(c.oid) AS constraintdef, c.convalidated AS valid
            FROM pg_constraint c
            JOIN pg_class t ON c.conrelid = t.oid
            WHERE c.contype = 'c'
              AND t.relname = 'sa_nodes'
-- stockade: read
SELECT pg_catalog.obj_description(c.oid, 'pg_class')
FROM pg_catalog.pg_class c
  LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = 'sa_nodes'
  AND c.relkind IN ('r','p')
  AND n.nspname = ANY (current_schemas(false))
-- stockade: read
SELECT attr.attname, nsp.nspname, seq.relname
FROM pg_class      seq,
     pg_attribute  attr,
     pg_depend     dep,
     pg_constraint cons,
     pg_namespace  nsp
WHERE seq.oid           = dep.objid
  AND seq.relkind       = 'S'
  AND attr.attrelid     = dep.refobjid
  AND attr.attnum       = dep.refobjsubid
  AND attr.attrelid     = cons.conrelid
  AND attr.attnum       = cons.conkey[1]
  AND seq.relnamespace  = nsp.oid
  AND cons.contype      = 'p'
  AND dep.classid       = 'pg_class'::regclass
  AND dep.refobjid      = '"sa_nodes"'::regclass
-- stockade: read
SELECT attr.attname, nsp.nspname,
  CASE
    WHEN pg_get_expr(def.adbin, def.adrelid) !~* 'nextval' THEN NULL
    WHEN split_part(pg_get_expr(def.adbin, def.adrelid), '''', 2) ~ '.' THEN
      substr(split_part(pg_get_expr(def.adbin, def.adrelid), '''', 2),
             strpos(split_part(pg_get_expr(def.adbin, def.adrelid), '''', 2), '.')+1)
    ELSE split_part(pg_get_expr(def.adbin, def.adrelid), '''', 2)
  END
FROM pg_class       t
JOIN pg_attribute   attr ON (t.oid = attrelid)
JOIN pg_attrdef     def  ON (adrelid = attrelid AND adnum = attnum)
JOIN pg_constraint  cons ON (conrelid = adrelid AND adnum = conkey[1])
JOIN pg_namespace   nsp  ON (t.relnamespace = nsp.oid)
WHERE t.oid = '"sa_nodes"'::regclass
  AND cons.contype = 'p'
  AND pg_get_expr(def.adbin, def.adrelid) ~* 'nextval|uuid_generate'
-- stockade: read
SELECT c.relname FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY (current_schemas(false)) AND c.relname = 'sa_nodes' AND c.relkind IN ('r','p')
-- stockade: read
SELECT pg_get_serial_sequence('sa_nodes', 'id')
-- stockade: read
SELECT pg_get_serial_sequence('sa_admins', 'id')
-- stockade: read
SHOW max_identifier_length
-- stockade: read
SELECT pg_get_serial_sequence('plain', 'id')
-- stockade: read
SELECT a.attnum, a.attname
FROM pg_attribute a
WHERE a.attrelid = 16612
AND a.attnum IN (2)
-- stockade: read
SELECT pg_get_serial_sequence('sa_posts', 'id')
-- stockade: read
SELECT pg_get_serial_sequence('ar_tags', 'id')
-- stockade: read
SELECT a.attnum, a.attname
FROM pg_attribute a
WHERE a.attrelid = 18056
AND a.attnum IN (10,2)
-- stockade: read
SELECT pg_get_serial_sequence('ar_users', 'id')
-- stockade: read
SELECT pg_get_serial_sequence('schema_migrations', 'id')
-- stockade: read
SELECT pg_get_serial_sequence('ar_internal_metadata', 'id')
-- stockade: read
SELECT pg_get_serial_sequence('sa_users', 'id')
-- stockade: read
SELECT pg_get_serial_sequence('jd', 'id')
-- stockade: read
SELECT pg_get_serial_sequence('sa_tags', 'id')
-- stockade: read
SELECT pg_get_serial_sequence('sa_post_tags', 'id')
-- stockade: read
SELECT pg_get_serial_sequence('ar_posts_tags', 'id')
-- stockade: read
SELECT pg_get_serial_sequence('ar_tags_users', 'id')
-- stockade: read
SELECT pg_get_serial_sequence('ar_posts', 'id')
-- stockade: read
SELECT t.oid, t.typname, t.typelem, t.typdelim, t.typinput, r.rngsubtype, t.typtype, t.typbasetype
FROM pg_type as t
LEFT JOIN pg_range as r ON oid = rngtypid
WHERE t.oid IN (16403)
-- stockade: read
SELECT distinct i.relname, d.indisunique, d.indkey, pg_get_indexdef(d.indexrelid), t.oid,
                pg_catalog.obj_description(i.oid, 'pg_class') AS comment
FROM pg_class t
INNER JOIN pg_index d ON t.oid = d.indrelid
INNER JOIN pg_class i ON d.indexrelid = i.oid
LEFT JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE i.relkind IN ('i', 'I')
  AND d.indisprimary = 'f'
  AND t.relname = 'customers'
  AND n.nspname = 'shop'
ORDER BY i.relname
-- stockade: read
SELECT t2.oid::regclass::text AS to_table, a1.attname AS column, a2.attname AS primary_key, c.conname AS name, c.confupdtype AS on_update, c.confdeltype AS on_delete, c.convalidated AS valid
FROM pg_constraint c
JOIN pg_class t1 ON c.conrelid = t1.oid
JOIN pg_class t2 ON c.confrelid = t2.oid
JOIN pg_attribute a1 ON a1.attnum = c.conkey[1] AND a1.attrelid = t1.oid
JOIN pg_attribute a2 ON a2.attnum = c.confkey[1] AND a2.attrelid = t2.oid
JOIN pg_namespace t3 ON c.connamespace = t3.oid
WHERE c.contype = 'f'
  AND t1.relname = 'customers'
  AND t3.nspname = 'shop'
ORDER BY c.conname
-- stockade: read
SELECT COUNT(*) FROM pg_namespace WHERE nspname = 'shop'
-- stockade: read
SELECT c.relname FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'shop' AND c.relname = 'v' AND c.relkind IN ('v','m')
-- stockade: read
SELECT installed_version IS NOT NULL FROM pg_available_extensions WHERE name = 'hstore'
-- stockade: read
select 1
-- stockade: read
select $1::int
-- stockade: read
select * from shop.customers
-- stockade: read
SELECT COUNT(*)
FROM pg_class t
INNER JOIN pg_index d ON t.oid = d.indrelid
INNER JOIN pg_class i ON d.indexrelid = i.oid
LEFT JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE i.relkind IN ('i', 'I')
  AND i.relname = 'x'
  AND t.relname = 'ar_users'
  AND n.nspname = ANY (current_schemas(false))
-- stockade: read
SELECT "schema_migrations"."version" FROM "schema_migrations" ORDER BY "schema_migrations"."version" ASC
-- stockade: read
BEGIN
-- stockade: read
SELECT 1 AS one FROM "ar_users" WHERE "ar_users"."name" = $1 LIMIT $2
-- stockade: write
INSERT INTO "ar_users" ("name", "data", "tags", "created_at", "updated_at", "lock_version") VALUES ($1, $2, $3, $4, $5, $6) RETURNING "id"
-- stockade: read
COMMIT
-- stockade: read
SELECT 1 AS one FROM "ar_users" WHERE "ar_users"."name" = $1 AND "ar_users"."id" != $2 LIMIT $3
-- stockade: write
UPDATE "ar_users" SET "name" = $1, "updated_at" = $2, "lock_version" = $3 WHERE "ar_users"."id" = $4 AND "ar_users"."lock_version" = $5
-- stockade: write
UPDATE "ar_users" SET "updated_at" = $1, "lock_version" = $2 WHERE "ar_users"."id" = $3 AND "ar_users"."lock_version" = $4
-- stockade: read
SELECT "ar_users".* FROM "ar_users" WHERE "ar_users"."id" = $1 LIMIT $2
-- stockade: write
INSERT INTO "ar_posts" ("ar_user_id", "title", "price", "created_at", "updated_at") VALUES ($1, $2, $3, $4, $5) RETURNING "id"
-- stockade: write
UPDATE "ar_users" SET "posts_count" = COALESCE("posts_count", 0) + $1, "lock_version" = COALESCE("lock_version", 0) + $2 WHERE "ar_users"."id" = $3
-- stockade: write
INSERT INTO "ar_posts" ("ar_user_id", "title", "created_at", "updated_at") VALUES ($1, $2, $3, $4) RETURNING "id"
-- stockade: write
INSERT INTO "ar_tags" ("name") VALUES ($1) RETURNING "id"
-- stockade: write
INSERT INTO "ar_tags_users" ("ar_user_id", "ar_tag_id") VALUES ($1, $2)
-- stockade: read
SELECT "ar_tags".* FROM "ar_tags" INNER JOIN "ar_tags_users" ON "ar_tags"."id" = "ar_tags_users"."ar_tag_id" WHERE "ar_tags_users"."ar_user_id" = $1
-- stockade: write
DELETE FROM "ar_tags_users" WHERE "ar_tags_users"."ar_user_id" = $1 AND "ar_tags_users"."ar_tag_id" = $2
-- stockade: read
SELECT "ar_users".* FROM "ar_users" WHERE "ar_users"."name" = $1 LIMIT $2
-- stockade: read
SELECT "ar_users".* FROM "ar_users" WHERE "ar_users"."name" IN ($1, $2)
-- stockade: read
SELECT "ar_users".* FROM "ar_users" WHERE (id > 0) ORDER BY "ar_users"."id" ASC LIMIT $1 OFFSET $2
-- stockade: read
SELECT COUNT(*) FROM "ar_users" WHERE "ar_users"."deleted_at" IS NULL
-- stockade: read
SELECT "ar_users"."id", "ar_users"."name" FROM "ar_users"
-- stockade: read
SELECT COUNT(*) AS count_all, "ar_users"."name" AS ar_users_name FROM "ar_users" GROUP BY "ar_users"."name" HAVING (count(*) > 0)
-- stockade: read
SELECT SUM("ar_users"."posts_count") FROM "ar_users"
-- stockade: read
SELECT "ar_users".* FROM "ar_users"
-- stockade: read
SELECT "ar_posts".* FROM "ar_posts" WHERE "ar_posts"."ar_user_id" = $1
-- stockade: read
SELECT "ar_users"."id" AS t0_r0, "ar_users"."name" AS t0_r1, "ar_users"."lock_version" AS t0_r2, "ar_users"."data" AS t0_r3, "ar_users"."tags" AS t0_r4, "ar_users"."deleted_at" AS t0_r5, "ar_users"."posts_count" AS t0_r6, "ar_users"."created_at" AS t0_r7, "ar_users"."updated_at" AS t0_r8, "ar_users"."email" AS t0_r9, "ar_posts"."id" AS t1_r0, "ar_posts"."ar_user_id" AS t1_r1, "ar_posts"."title" AS t1_r2, "ar_posts"."price" AS t1_r3, "ar_posts"."created_at" AS t1_r4, "ar_posts"."updated_at" AS t1_r5, "ar_posts"."type" AS t1_r6 FROM "ar_users" LEFT OUTER JOIN "ar_posts" ON "ar_posts"."ar_user_id" = "ar_users"."id" WHERE "ar_posts"."title" = $1
-- stockade: read
SELECT "ar_tags_users".* FROM "ar_tags_users" WHERE "ar_tags_users"."ar_user_id" = $1
-- stockade: read
SELECT DISTINCT "ar_users".* FROM "ar_users" INNER JOIN "ar_posts" ON "ar_posts"."ar_user_id" = "ar_users"."id"
-- stockade: read
SELECT "ar_users".* FROM "ar_users" LEFT OUTER JOIN "ar_posts" ON "ar_posts"."ar_user_id" = "ar_users"."id" WHERE "ar_users"."id" != $1
-- stockade: read
SELECT "ar_users".* FROM "ar_users" WHERE "ar_users"."id" IN (SELECT "ar_posts"."ar_user_id" FROM "ar_posts")
-- stockade: read
SELECT "ar_users".* FROM "ar_users" ORDER BY "ar_users"."id" ASC LIMIT $1
-- stockade: read
SELECT "ar_users".* FROM "ar_users" ORDER BY "ar_users"."id" DESC LIMIT $1
-- stockade: read
SELECT "ar_users".* FROM "ar_users" LIMIT $1
-- stockade: read
SELECT "ar_users".* FROM "ar_users" WHERE (data @> '{"a":1}')
-- stockade: read
SELECT "ar_users".* FROM "ar_users" WHERE (data->>'a' = '1')
-- stockade: read
SELECT "ar_users".* FROM "ar_users" WHERE ('x' = ANY(tags))
-- stockade: read
SELECT "ar_posts".* FROM "ar_posts" WHERE "ar_posts"."type" = $1
-- stockade: read
SELECT "ar_users".* FROM "ar_users" ORDER BY random() LIMIT $1
-- stockade: read
SELECT "ar_users".* FROM "ar_users" WHERE "ar_users"."created_at" BETWEEN $1 AND $2
-- stockade: read
SELECT "ar_users".* FROM "ar_users" WHERE ("ar_users"."id" = $1 OR "ar_users"."id" = $2)
-- stockade: read
SELECT AVG("ar_users"."posts_count") FROM "ar_users"
-- stockade: read
EXPLAIN SELECT "ar_users".* FROM "ar_users"
-- stockade: read
SELECT "ar_users".* FROM (SELECT "ar_users".* FROM "ar_users" WHERE "ar_users"."id" = $1) ar_users
-- stockade: read
SELECT id, row_number() over (order by id) r FROM "ar_users"
-- stockade: write
INSERT INTO "ar_users" ("name", "created_at", "updated_at", "lock_version") VALUES ($1, $2, $3, $4) RETURNING "id"
-- stockade: write
SELECT "ar_users".* FROM "ar_users" WHERE "ar_users"."id" = $1 LIMIT $2 FOR UPDATE
-- stockade: write
SELECT "ar_users".* FROM "ar_users" WHERE "ar_users"."id" = $1 FOR UPDATE SKIP LOCKED
-- stockade: write
INSERT INTO "ar_tags" ("name") VALUES ('1'), ('2'), ('3'), ('4'), ('5'), ('6'), ('7'), ('8'), ('9'), ('10'), ('11'), ('12'), ('13'), ('14'), ('15'), ('16'), ('17'), ('18'), ('19'), ('20'), ('21'), ('22'), ('23'), ('24'), ('25'), ('26'), ('27'), ('28'), ('29'), ('30') ON CONFLICT  DO NOTHING RETURNING "id"
-- stockade: write
INSERT INTO "ar_tags" ("name") VALUES ('x') RETURNING "id","name"
-- stockade: write
INSERT INTO "ar_users" ("name","created_at","updated_at") VALUES ('up', '2026-11-22 14:12:08.743715', '2026-11-22 14:12:08.743716') ON CONFLICT ("name") DO UPDATE SET "created_at"=excluded."created_at","updated_at"=excluded."updated_at" RETURNING "id"
-- stockade: write
UPDATE "ar_tags" SET "name" = $1 WHERE "ar_tags"."name" = $2
-- stockade: write
UPDATE "ar_tags" SET name = 'k' WHERE "ar_tags"."id" BETWEEN $1 AND $2
-- stockade: write
DELETE FROM "ar_tags" WHERE "ar_tags"."name" = $1
-- stockade: read
SELECT "ar_users".* FROM "ar_users" WHERE "ar_users"."name" = $1
-- stockade: write
DELETE FROM "ar_tags_users" WHERE "ar_tags_users"."ar_user_id" = $1
-- stockade: write
DELETE FROM "ar_users" WHERE "ar_users"."id" = $1 AND "ar_users"."lock_version" = $2
-- stockade: read
SELECT "ar_tags".* FROM "ar_tags" ORDER BY "ar_tags"."id" ASC LIMIT $1
-- stockade: read
SELECT "ar_tags".* FROM "ar_tags" WHERE "ar_tags"."id" > $1 ORDER BY "ar_tags"."id" ASC LIMIT $2
-- stockade: read
SELECT "ar_tags"."id" FROM "ar_tags" ORDER BY "ar_tags"."id" ASC LIMIT $1
-- stockade: write
UPDATE "ar_tags" SET "name" = $1 WHERE "ar_tags"."id" IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
-- stockade: read
SELECT "ar_tags"."id" FROM "ar_tags" WHERE "ar_tags"."id" > $1 ORDER BY "ar_tags"."id" ASC LIMIT $2
-- stockade: write
UPDATE "ar_tags" SET "name" = $1 WHERE "ar_tags"."id" = $2
-- stockade: read
SELECT "ar_tags"."id" FROM "ar_tags" WHERE "ar_tags"."name" = $1 ORDER BY "ar_tags"."id" ASC LIMIT $2
-- stockade: read
SELECT COUNT(*) FROM "ar_posts" WHERE "ar_posts"."ar_user_id" = $1
-- stockade: write
UPDATE "ar_users" SET "posts_count" = $1, "lock_version" = COALESCE("lock_version", 0) + $2 WHERE "ar_users"."id" = $3
-- stockade: write
DELETE FROM "ar_users" WHERE "ar_users"."id" IN (SELECT "ar_users"."id" FROM "ar_users" INNER JOIN "ar_posts" ON "ar_posts"."ar_user_id" = "ar_users"."id" WHERE "ar_posts"."title" = $1)
-- stockade: write
UPDATE "ar_users" SET "name" = $1, "lock_version" = COALESCE("lock_version", 0) + $2 WHERE "ar_users"."id" IN (SELECT "ar_users"."id" FROM "ar_users" INNER JOIN "ar_posts" ON "ar_posts"."ar_user_id" = "ar_users"."id" WHERE "ar_posts"."title" = $3)
-- stockade: write
UPDATE "ar_users" SET "name" = $1, "lock_version" = COALESCE("lock_version", 0) + $2 WHERE "ar_users"."id" IN (SELECT "ar_users"."id" FROM "ar_users" WHERE "ar_users"."id" = $3 LIMIT $4)
-- stockade: write
UPDATE "ar_users" SET "updated_at" = $1, "lock_version" = COALESCE("lock_version", 0) + $2 WHERE "ar_users"."id" = $3
-- stockade: read
SAVEPOINT active_record_1
-- stockade: read
ROLLBACK TO SAVEPOINT active_record_1
-- stockade: read
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE
-- stockade: read
SELECT COUNT(*) FROM "ar_users"
-- stockade: write
DELETE FROM "ar_posts" WHERE "ar_posts"."id" = $1
-- stockade: read
DEALLOCATE a1
-- stockade: read
DISCARD ALL
