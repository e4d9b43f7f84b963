-- ActiveRecord 6.1.7.10: migrations.
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
SELECT c.relname FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY (current_schemas(false)) AND c.relname = 'schema_migrations' AND c.relkind IN ('r','p')
-- stockade: define
CREATE TABLE "schema_migrations" ("version" character varying NOT NULL PRIMARY KEY)
-- stockade: define
CREATE TABLE "ar_internal_metadata" ("key" character varying NOT NULL PRIMARY KEY, "value" character varying, "created_at" timestamp(6) NOT NULL, "updated_at" timestamp(6) NOT NULL)
-- stockade: read
SELECT current_database()
-- stockade: define
SELECT pg_try_advisory_lock(5277997317806899245)
-- stockade: read
SELECT a.attname, format_type(a.atttypid, a.atttypmod),
       pg_get_expr(d.adbin, d.adrelid), a.attnotnull, a.atttypid, a.atttypmod,
       c.collname, col_description(a.attrelid, a.attnum) AS comment
  FROM pg_attribute a
  LEFT JOIN pg_attrdef d ON a.attrelid = d.adrelid AND a.attnum = d.adnum
  LEFT JOIN pg_type t ON a.atttypid = t.oid
  LEFT JOIN pg_collation c ON a.attcollation = c.oid AND a.attcollation <> t.typcollation
 WHERE a.attrelid = '"schema_migrations"'::regclass
   AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attnum
-- stockade: read
SELECT "schema_migrations"."version" FROM "schema_migrations" ORDER BY "schema_migrations"."version" ASC
-- stockade: read
BEGIN
-- stockade: read
SELECT 'integer'::regtype::oid
-- stockade: read
SELECT 'jsonb'::regtype::oid
-- stockade: define
CREATE TABLE "ar_users" ("id" bigserial primary key, "name" character varying NOT NULL, "lock_version" integer DEFAULT 0, "data" jsonb DEFAULT '{}', "tags" character varying[], "deleted_at" timestamp, "posts_count" integer DEFAULT 0, "created_at" timestamp(6) NOT NULL, "updated_at" timestamp(6) NOT NULL)
-- stockade: read
SHOW max_identifier_length
-- stockade: define
CREATE UNIQUE INDEX "index_ar_users_on_name" ON "ar_users" ("name")
-- stockade: define
CREATE TABLE "ar_posts" ("id" uuid DEFAULT gen_random_uuid() NOT NULL PRIMARY KEY, "ar_user_id" bigint, "title" character varying, "price" decimal(8,2), "type" character varying, "created_at" timestamp(6) NOT NULL, "updated_at" timestamp(6) NOT NULL, CONSTRAINT "fk_rails_9c579fa0e9"
FOREIGN KEY ("ar_user_id")
  REFERENCES "ar_users" ("id")
)
-- stockade: define
CREATE INDEX "index_ar_posts_on_ar_user_id" ON "ar_posts" ("ar_user_id")
-- stockade: define
CREATE TABLE "ar_posts_tags" ("ar_post_id" bigint NOT NULL, "ar_tag_id" bigint NOT NULL)
-- stockade: define
CREATE TABLE "ar_tags" ("id" bigserial primary key, "name" character varying)
-- stockade: define
COMMENT ON COLUMN "ar_tags"."name" IS 'x'
-- stockade: define
CREATE TABLE "ar_tags_users" ("ar_user_id" bigint, "ar_tag_id" bigint)
-- stockade: read
SELECT 'character varying'::regtype::oid
-- stockade: define
ALTER TABLE "ar_users" ADD "mail" character varying DEFAULT ''
-- stockade: define
CREATE INDEX "ar_ix" ON "ar_users" ("mail", "name") WHERE deleted_at is null
-- stockade: define
ALTER TABLE "ar_posts" ADD CONSTRAINT ar_ck CHECK (price >= 0)
-- stockade: define
ALTER TABLE "ar_users" ALTER COLUMN "mail" SET DEFAULT 'x'
-- stockade: write
UPDATE "ar_users" SET "mail"='x' WHERE "mail" IS NULL
-- stockade: define
ALTER TABLE "ar_users" ALTER COLUMN "mail" SET NOT NULL
-- stockade: define
COMMENT ON TABLE "ar_users" IS 'c'
-- stockade: held alter-lossy
ALTER TABLE "ar_users" RENAME COLUMN "mail" TO "email"
-- stockade: read
SELECT distinct i.relname, d.indisunique, d.indkey, pg_get_indexdef(d.indexrelid), t.oid,
                pg_catalog.obj_description(i.oid, 'pg_class') AS comment
FROM pg_class t
INNER JOIN pg_index d ON t.oid = d.indrelid
INNER JOIN pg_class i ON d.indexrelid = i.oid
LEFT JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE i.relkind IN ('i', 'I')
  AND d.indisprimary = 'f'
  AND t.relname = 'ar_users'
  AND n.nspname = ANY (current_schemas(false))
ORDER BY i.relname
-- stockade: read
SELECT a.attnum, a.attname
FROM pg_attribute a
WHERE a.attrelid = 18056
AND a.attnum IN (10,2)
-- stockade: read
SELECT a.attnum, a.attname
FROM pg_attribute a
WHERE a.attrelid = 18056
AND a.attnum IN (2)
-- stockade: read
SELECT c.relname FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY (current_schemas(false)) AND c.relkind IN ('r','v','m','p','f')
-- stockade: write
INSERT INTO "schema_migrations" ("version") VALUES ($1) RETURNING "version"
-- stockade: read
COMMIT
-- stockade: define
CREATE INDEX CONCURRENTLY "index_ar_posts_on_title" ON "ar_posts" ("title")
-- stockade: held alter-lossy
ALTER TABLE "ar_tags" ALTER COLUMN "name" TYPE text
-- stockade: held alter-lossy
ALTER TABLE "ar_posts" DROP COLUMN "type"
-- stockade: define
ALTER TABLE "ar_posts" ADD "type" character varying
-- stockade: read
SHOW search_path
-- stockade: read
SELECT "ar_internal_metadata".* FROM "ar_internal_metadata" WHERE "ar_internal_metadata"."key" = $1 LIMIT $2
-- stockade: write
INSERT INTO "ar_internal_metadata" ("key", "value", "created_at", "updated_at") VALUES ($1, $2, $3, $4) RETURNING "key"
-- stockade: read
SELECT pg_advisory_unlock(5277997317806899245)
-- stockade: held drop
DROP INDEX  "index_ar_posts_on_title"
-- stockade: write
DELETE FROM "schema_migrations" WHERE "schema_migrations"."version" = $1
-- stockade: read
DEALLOCATE a1
