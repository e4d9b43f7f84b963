-- knex 3.3.0 migrations, sequelize 6.37.8 sync, typeorm 1.1.1 synchronize.
-- stockade: read
select version();
-- stockade: read
select * from information_schema.tables where table_name = $1 and table_schema = current_schema()
-- stockade: define
create table "knex_migrations" ("id" serial primary key, "name" varchar(255), "batch" integer, "migration_time" timestamptz)
-- stockade: define
create table "knex_migrations_lock" ("index" serial primary key, "is_locked" integer)
-- stockade: read
select * from "knex_migrations_lock"
-- stockade: write
insert into "knex_migrations_lock" ("is_locked") values ($1)
-- stockade: read
select "name" from "knex_migrations" order by "id" asc
-- stockade: read
BEGIN;
-- stockade: write
update "knex_migrations_lock" set "is_locked" = $1 where "is_locked" = $2
-- stockade: read
select max("batch") as "max_batch" from "knex_migrations"
-- stockade: define
create table "k_u" ("id" serial primary key, "name" varchar(255) not null, "n" integer, "d" jsonb, "e" text check ("e" in ('a', 'b')), "created_at" timestamptz not null default CURRENT_TIMESTAMP, "updated_at" timestamptz not null default CURRENT_TIMESTAMP, "p" integer)
-- stockade: define
alter table "k_u" add constraint "k_u_name_unique" unique ("name")
-- stockade: define
create index "k_u_n_index" on "k_u" ("n")
-- stockade: define
alter table "k_u" add constraint "k_u_p_foreign" foreign key ("p") references "k_u" ("id")
-- stockade: define
alter table "k_u" add column "x" text
-- stockade: define
create index "k_u_x_n_index" on "k_u" ("x", "n")
-- stockade: write
insert into "knex_migrations" ("batch", "migration_time", "name") values ($1, $2, $3)
-- stockade: held unbounded-write
update "knex_migrations_lock" set "is_locked" = $1
-- stockade: read
COMMIT;
-- stockade: read
select * from "knex_migrations" where "batch" = (select max("batch") from "knex_migrations") order by "id" desc
-- stockade: held drop
drop table "k_u"
-- stockade: write
delete from "knex_migrations" where "name" = $1
-- stockade: read
SET client_min_messages TO warning;SET TIME ZONE INTERVAL '+00:00' HOUR TO MINUTE;
-- stockade: read
WITH ranges AS (  SELECT pg_range.rngtypid, pg_type.typname AS rngtypname,         pg_type.typarray AS rngtyparray, pg_range.rngsubtype    FROM pg_range LEFT OUTER JOIN pg_type ON pg_type.oid = pg_range.rngtypid)SELECT pg_type.typname, pg_type.typtype, pg_type.oid, pg_type.typarray,       ranges.rngtypname, ranges.rngtypid, ranges.rngtyparray  FROM pg_type LEFT OUTER JOIN ranges ON pg_type.oid = ranges.rngsubtype WHERE (pg_type.typtype IN('b', 'e'));
-- stockade: read
SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_name = 'SqUsers'
-- stockade: read
SELECT t.typname enum_name, array_agg(e.enumlabel ORDER BY enumsortorder) enum_value FROM pg_type t JOIN pg_enum e ON t.oid = e.enumtypid JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname = 'public' AND t.typname='enum_SqUsers_mood' GROUP BY 1
-- stockade: refused run-code
DO 'BEGIN CREATE TYPE "public"."enum_SqUsers_mood" AS ENUM(''sad'', ''ok''); EXCEPTION WHEN duplicate_object THEN null; END';
-- stockade: define
CREATE TABLE IF NOT EXISTS "SqUsers" ("id"   SERIAL , "name" VARCHAR(255) UNIQUE, "mood" "public"."enum_SqUsers_mood", "data" JSONB, "tags" VARCHAR(255)[], "n" INTEGER DEFAULT 0, "createdAt" TIMESTAMP WITH TIME ZONE NOT NULL, "updatedAt" TIMESTAMP WITH TIME ZONE NOT NULL, "deletedAt" TIMESTAMP WITH TIME ZONE, PRIMARY KEY ("id"));
-- stockade: read
SELECT i.relname AS name, ix.indisprimary AS primary, ix.indisunique AS unique, ix.indkey AS indkey, array_agg(a.attnum) as column_indexes, array_agg(a.attname) AS column_names, pg_get_indexdef(ix.indexrelid) AS definition FROM pg_class t, pg_class i, pg_index ix, pg_attribute a WHERE t.oid = ix.indrelid AND i.oid = ix.indexrelid AND a.attrelid = t.oid AND t.relkind = 'r' and t.relname = 'SqUsers' GROUP BY i.relname, ix.indexrelid, ix.indisprimary, ix.indisunique, ix.indkey ORDER BY i.relname;
-- stockade: define
CREATE INDEX "sq_users_n" ON "SqUsers" ("n")
-- stockade: read
SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_name = 'SqPosts'
-- stockade: define
CREATE TABLE IF NOT EXISTS "SqPosts" ("id" UUID , "title" TEXT, "createdAt" TIMESTAMP WITH TIME ZONE NOT NULL, "updatedAt" TIMESTAMP WITH TIME ZONE NOT NULL, "SqUserId" INTEGER REFERENCES "SqUsers" ("id") ON DELETE SET NULL ON UPDATE CASCADE, PRIMARY KEY ("id"));
-- stockade: read
SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_name = 'SqTags'
-- stockade: define
CREATE TABLE IF NOT EXISTS "SqTags" ("id"   SERIAL , "t" VARCHAR(255), "createdAt" TIMESTAMP WITH TIME ZONE NOT NULL, "updatedAt" TIMESTAMP WITH TIME ZONE NOT NULL, PRIMARY KEY ("id"));
-- stockade: read
SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_name = 'SqPT'
-- stockade: define
CREATE TABLE IF NOT EXISTS "SqPT" ("createdAt" TIMESTAMP WITH TIME ZONE NOT NULL, "updatedAt" TIMESTAMP WITH TIME ZONE NOT NULL, "SqPostId" UUID  REFERENCES "SqPosts" ("id") ON DELETE CASCADE ON UPDATE CASCADE, "SqTagId" INTEGER  REFERENCES "SqTags" ("id") ON DELETE CASCADE ON UPDATE CASCADE, PRIMARY KEY ("SqPostId","SqTagId"));
-- stockade: read
SELECT pk.constraint_type as "Constraint",c.column_name as "Field", c.column_default as "Default",c.is_nullable as "Null", (CASE WHEN c.udt_name = 'hstore' THEN c.udt_name ELSE c.data_type END) || (CASE WHEN c.character_maximum_length IS NOT NULL THEN '(' || c.character_maximum_length || ')' ELSE '' END) as "Type", (SELECT array_agg(e.enumlabel) FROM pg_catalog.pg_type t JOIN pg_catalog.pg_enum e ON t.oid=e.enumtypid WHERE t.typname=c.udt_name) AS "special", (SELECT pgd.description FROM pg_catalog.pg_statio_all_tables AS st INNER JOIN pg_catalog.pg_description pgd on (pgd.objoid=st.relid) WHERE c.ordinal_position=pgd.objsubid AND c.table_name=st.relname) AS "Comment" FROM information_schema.columns c LEFT JOIN (SELECT tc.table_schema, tc.table_name, cu.column_name, tc.constraint_type FROM information_schema.TABLE_CONSTRAINTS tc JOIN information_schema.KEY_COLUMN_USAGE  cu ON tc.table_schema=cu.table_schema and tc.table_name=cu.table_name and tc.constraint_name=cu.constraint_name and tc.constraint_type='PRIMARY KEY') pk ON pk.table_schema=c.table_schema AND pk.table_name=c.table_name AND pk.column_name=c.column_name WHERE c.table_name = 'SqUsers' AND c.table_schema = 'public'
-- stockade: read
SELECT DISTINCT tc.constraint_name as constraint_name, tc.constraint_schema as constraint_schema, tc.constraint_catalog as constraint_catalog, tc.table_name as table_name,tc.table_schema as table_schema,tc.table_catalog as table_catalog,tc.initially_deferred as initially_deferred,tc.is_deferrable as is_deferrable,kcu.column_name as column_name,ccu.table_schema  AS referenced_table_schema,ccu.table_catalog  AS referenced_table_catalog,ccu.table_name  AS referenced_table_name,ccu.column_name AS referenced_column_name FROM information_schema.table_constraints AS tc JOIN information_schema.key_column_usage AS kcu ON tc.constraint_name = kcu.constraint_name JOIN information_schema.constraint_column_usage AS ccu ON ccu.constraint_name = tc.constraint_name WHERE constraint_type = 'FOREIGN KEY' AND tc.table_name = 'SqUsers' AND tc.table_catalog = 'orms'
-- stockade: held alter-lossy
ALTER TABLE "SqUsers" ALTER COLUMN "name" DROP NOT NULL;ALTER TABLE "SqUsers" ALTER COLUMN "name" DROP DEFAULT;ALTER TABLE "SqUsers"  ADD UNIQUE ("name");ALTER TABLE "SqUsers" ALTER COLUMN "name" TYPE VARCHAR(255) ;
-- stockade: refused run-code alter-lossy
ALTER TABLE "SqUsers" ALTER COLUMN "mood" DROP NOT NULL;ALTER TABLE "SqUsers" ALTER COLUMN "mood" DROP DEFAULT;DO 'BEGIN CREATE TYPE "public"."enum_SqUsers_mood" AS ENUM(''sad'', ''ok''); EXCEPTION WHEN duplicate_object THEN null; END';ALTER TABLE "SqUsers" ALTER COLUMN "mood" TYPE "public"."enum_SqUsers_mood" USING ("mood"::"public"."enum_SqUsers_mood");
-- stockade: held alter-lossy
ALTER TABLE "SqUsers" ALTER COLUMN "data" DROP NOT NULL;ALTER TABLE "SqUsers" ALTER COLUMN "data" DROP DEFAULT;ALTER TABLE "SqUsers" ALTER COLUMN "data" TYPE JSONB;
-- stockade: held alter-lossy
ALTER TABLE "SqUsers" ALTER COLUMN "tags" DROP NOT NULL;ALTER TABLE "SqUsers" ALTER COLUMN "tags" DROP DEFAULT;ALTER TABLE "SqUsers" ALTER COLUMN "tags" TYPE VARCHAR(255)[];
-- stockade: held alter-lossy
ALTER TABLE "SqUsers" ALTER COLUMN "n" DROP NOT NULL;ALTER TABLE "SqUsers" ALTER COLUMN "n" SET DEFAULT 0;ALTER TABLE "SqUsers" ALTER COLUMN "n" TYPE INTEGER;
-- stockade: held alter-lossy
ALTER TABLE "SqUsers" ALTER COLUMN "createdAt" SET NOT NULL;ALTER TABLE "SqUsers" ALTER COLUMN "createdAt" DROP DEFAULT;ALTER TABLE "SqUsers" ALTER COLUMN "createdAt" TYPE TIMESTAMP WITH TIME ZONE;
-- stockade: held alter-lossy
ALTER TABLE "SqUsers" ALTER COLUMN "updatedAt" SET NOT NULL;ALTER TABLE "SqUsers" ALTER COLUMN "updatedAt" DROP DEFAULT;ALTER TABLE "SqUsers" ALTER COLUMN "updatedAt" TYPE TIMESTAMP WITH TIME ZONE;
-- stockade: held alter-lossy
ALTER TABLE "SqUsers" ALTER COLUMN "deletedAt" DROP NOT NULL;ALTER TABLE "SqUsers" ALTER COLUMN "deletedAt" DROP DEFAULT;ALTER TABLE "SqUsers" ALTER COLUMN "deletedAt" TYPE TIMESTAMP WITH TIME ZONE;
-- stockade: held alter-lossy
ALTER TABLE "SqPosts" ALTER COLUMN "title" DROP NOT NULL;ALTER TABLE "SqPosts" ALTER COLUMN "title" DROP DEFAULT;ALTER TABLE "SqPosts" ALTER COLUMN "title" TYPE TEXT;
-- stockade: held alter-lossy
ALTER TABLE "SqPosts" ALTER COLUMN "createdAt" SET NOT NULL;ALTER TABLE "SqPosts" ALTER COLUMN "createdAt" DROP DEFAULT;ALTER TABLE "SqPosts" ALTER COLUMN "createdAt" TYPE TIMESTAMP WITH TIME ZONE;
-- stockade: held alter-lossy
ALTER TABLE "SqPosts" ALTER COLUMN "updatedAt" SET NOT NULL;ALTER TABLE "SqPosts" ALTER COLUMN "updatedAt" DROP DEFAULT;ALTER TABLE "SqPosts" ALTER COLUMN "updatedAt" TYPE TIMESTAMP WITH TIME ZONE;
-- stockade: held alter-lossy
ALTER TABLE "SqPosts" DROP CONSTRAINT "SqPosts_SqUserId_fkey"
-- stockade: define
ALTER TABLE "SqPosts"  ADD FOREIGN KEY ("SqUserId") REFERENCES "SqUsers" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
-- stockade: held alter-lossy
ALTER TABLE "SqTags" ALTER COLUMN "t" DROP NOT NULL;ALTER TABLE "SqTags" ALTER COLUMN "t" DROP DEFAULT;ALTER TABLE "SqTags" ALTER COLUMN "t" TYPE VARCHAR(255);
-- stockade: held alter-lossy
ALTER TABLE "SqTags" ALTER COLUMN "createdAt" SET NOT NULL;ALTER TABLE "SqTags" ALTER COLUMN "createdAt" DROP DEFAULT;ALTER TABLE "SqTags" ALTER COLUMN "createdAt" TYPE TIMESTAMP WITH TIME ZONE;
-- stockade: held alter-lossy
ALTER TABLE "SqTags" ALTER COLUMN "updatedAt" SET NOT NULL;ALTER TABLE "SqTags" ALTER COLUMN "updatedAt" DROP DEFAULT;ALTER TABLE "SqTags" ALTER COLUMN "updatedAt" TYPE TIMESTAMP WITH TIME ZONE;
-- stockade: held alter-lossy
ALTER TABLE "SqPT" ALTER COLUMN "createdAt" SET NOT NULL;ALTER TABLE "SqPT" ALTER COLUMN "createdAt" DROP DEFAULT;ALTER TABLE "SqPT" ALTER COLUMN "createdAt" TYPE TIMESTAMP WITH TIME ZONE;
-- stockade: held alter-lossy
ALTER TABLE "SqPT" ALTER COLUMN "updatedAt" SET NOT NULL;ALTER TABLE "SqPT" ALTER COLUMN "updatedAt" DROP DEFAULT;ALTER TABLE "SqPT" ALTER COLUMN "updatedAt" TYPE TIMESTAMP WITH TIME ZONE;
-- stockade: define
ALTER TABLE "public"."SqUsers" ADD COLUMN "x" VARCHAR(255);
-- stockade: define
CREATE INDEX "sq_users_x" ON "SqUsers" ("x")
-- stockade: held alter-lossy
ALTER TABLE "public"."SqUsers" DROP COLUMN "x";
-- stockade: held drop
DROP TABLE IF EXISTS "SqPT" CASCADE;
-- stockade: held drop
DROP TABLE IF EXISTS "SqTags" CASCADE;
-- stockade: held drop
DROP TABLE IF EXISTS "SqPosts" CASCADE;
-- stockade: held drop
DROP TABLE IF EXISTS "SqUsers" CASCADE;
-- stockade: held drop
DROP TYPE IF EXISTS "public"."enum_SqUsers_mood";
-- stockade: refused run-code drop
DROP TYPE IF EXISTS "public"."enum_SqUsers_mood"; DO 'BEGIN CREATE TYPE "public"."enum_SqUsers_mood" AS ENUM(''sad'', ''ok''); EXCEPTION WHEN duplicate_object THEN null; END';
-- stockade: read
SELECT version()
-- stockade: read
SELECT * FROM current_schema()
-- stockade: read
START TRANSACTION
-- stockade: read
SELECT * FROM current_database()
-- stockade: read
SELECT "table_schema", "table_name", obj_description((quote_ident("table_schema") || '.' || quote_ident("table_name"))::regclass, 'pg_class') AS table_comment FROM "information_schema"."tables" WHERE ("table_schema" = 'public' AND "table_name" = 'to_user') OR ("table_schema" = 'public' AND "table_name" = 'to_post') OR ("table_schema" = 'public' AND "table_name" = 'to_tag') OR ("table_schema" = 'public' AND "table_name" = 'to_post_tags_to_tag')
-- stockade: read
SELECT * FROM "information_schema"."tables" WHERE "table_schema" = $1 AND "table_name" = $2
-- stockade: read
SELECT "n"."nspname", "t"."typname" FROM "pg_type" "t" INNER JOIN "pg_namespace" "n" ON "n"."oid" = "t"."typnamespace" WHERE "n"."nspname" = 'public' AND "t"."typname" = 'to_user_mood_enum'
-- stockade: define
CREATE TYPE "public"."to_user_mood_enum" AS ENUM('sad', 'ok')
-- stockade: define
CREATE TABLE "to_user" ("id" SERIAL NOT NULL, "name" character varying NOT NULL, "mood" "public"."to_user_mood_enum", "data" jsonb, "n" integer NOT NULL DEFAULT '0', "deleted" TIMESTAMP WITH TIME ZONE, "ver" integer NOT NULL, CONSTRAINT "UQ_79e9a58e6edc48127a05484ab53" UNIQUE ("name"), CONSTRAINT "PK_3f59ef7cf83906bf9c2520d9ebd" PRIMARY KEY ("id"))
-- stockade: define
CREATE INDEX "IDX_f1e00ece86a1f711205a825c0a" ON "to_user"  ("n")
-- stockade: define
CREATE TABLE "to_post" ("id" uuid NOT NULL DEFAULT gen_random_uuid(), "title" character varying NOT NULL, "userId" integer, CONSTRAINT "PK_7056dccc820049aab2864ad0e3f" PRIMARY KEY ("id"))
-- stockade: define
CREATE TABLE "to_tag" ("id" BIGSERIAL NOT NULL, "t" character varying NOT NULL, CONSTRAINT "PK_95c4bbe92511c1a529f5bab299c" PRIMARY KEY ("id"))
-- stockade: define
CREATE TABLE "to_post_tags_to_tag" ("toPostId" uuid NOT NULL, "toTagId" bigint NOT NULL, CONSTRAINT "PK_61015e42e068a0a72b6f697838f" PRIMARY KEY ("toPostId", "toTagId"))
-- stockade: define
CREATE INDEX "IDX_e90ff99d5d5e826b230d3b8ceb" ON "to_post_tags_to_tag"  ("toPostId")
-- stockade: define
CREATE INDEX "IDX_caa8e54615e999fec76ed6eeb5" ON "to_post_tags_to_tag"  ("toTagId")
-- stockade: define
ALTER TABLE "to_post" ADD CONSTRAINT "FK_3247d12ac8474e0b038e768717d" FOREIGN KEY ("userId") REFERENCES "to_user"("id") ON DELETE CASCADE ON UPDATE NO ACTION
-- stockade: define
ALTER TABLE "to_post_tags_to_tag" ADD CONSTRAINT "FK_e90ff99d5d5e826b230d3b8ceb6" FOREIGN KEY ("toPostId") REFERENCES "to_post"("id") ON DELETE CASCADE ON UPDATE CASCADE
-- stockade: define
ALTER TABLE "to_post_tags_to_tag" ADD CONSTRAINT "FK_caa8e54615e999fec76ed6eeb5e" FOREIGN KEY ("toTagId") REFERENCES "to_tag"("id") ON DELETE CASCADE ON UPDATE CASCADE
-- stockade: read
COMMIT
-- stockade: read
SELECT TRUE FROM information_schema.columns WHERE table_name = 'pg_class' and column_name = 'relispartition'
-- stockade: read
SELECT columns.*, pg_catalog.col_description((quote_ident(table_catalog) || '.' || quote_ident(table_schema) || '.' || quote_ident(table_name))::regclass::oid, ordinal_position) AS description, ('"' || "udt_schema" || '"."' || "udt_name" || '"')::"regtype"::text AS "regtype", pg_catalog.format_type("col_attr"."atttypid", "col_attr"."atttypmod") AS "format_type" FROM "information_schema"."columns" LEFT JOIN "pg_catalog"."pg_attribute" AS "col_attr" ON "col_attr"."attname" = "columns"."column_name" AND "col_attr"."attrelid" = ( SELECT "cls"."oid" FROM "pg_catalog"."pg_class" AS "cls" LEFT JOIN "pg_catalog"."pg_namespace" AS "ns" ON "ns"."oid" = "cls"."relnamespace" WHERE "cls"."relname" = "columns"."table_name" AND "ns"."nspname" = "columns"."table_schema" ) WHERE ("table_schema" = 'public' AND "table_name" = 'to_user') OR ("table_schema" = 'public' AND "table_name" = 'to_post') OR ("table_schema" = 'public' AND "table_name" = 'to_post_tags_to_tag') OR ("table_schema" = 'public' AND "table_name" = 'to_tag')
-- stockade: read
SELECT "ns"."nspname" AS "table_schema", "t"."relname" AS "table_name", "cnst"."conname" AS "constraint_name", pg_get_constraintdef("cnst"."oid") AS "expression", CASE "cnst"."contype" WHEN 'p' THEN 'PRIMARY' WHEN 'u' THEN 'UNIQUE' WHEN 'c' THEN 'CHECK' WHEN 'x' THEN 'EXCLUDE' END AS "constraint_type", "a"."attname" AS "column_name" FROM "pg_constraint" "cnst" INNER JOIN "pg_class" "t" ON "t"."oid" = "cnst"."conrelid" INNER JOIN "pg_namespace" "ns" ON "ns"."oid" = "cnst"."connamespace" LEFT JOIN "pg_attribute" "a" ON "a"."attrelid" = "cnst"."conrelid" AND "a"."attnum" = ANY ("cnst"."conkey") WHERE "t"."relkind" IN ('r', 'p') AND (("ns"."nspname" = 'public' AND "t"."relname" = 'to_user') OR ("ns"."nspname" = 'public' AND "t"."relname" = 'to_post') OR ("ns"."nspname" = 'public' AND "t"."relname" = 'to_post_tags_to_tag') OR ("ns"."nspname" = 'public' AND "t"."relname" = 'to_tag'))
-- stockade: read
SELECT "ns"."nspname" AS "table_schema", "t"."relname" AS "table_name", "i"."relname" AS "constraint_name", "a"."attname" AS "column_name", CASE "ix"."indisunique" WHEN 't' THEN 'TRUE' ELSE'FALSE' END AS "is_unique", pg_get_expr("ix"."indpred", "ix"."indrelid") AS "condition", "types"."typname" AS "type_name", "am"."amname" AS "index_type" FROM "pg_class" "t" INNER JOIN "pg_index" "ix" ON "ix"."indrelid" = "t"."oid" INNER JOIN "pg_attribute" "a" ON "a"."attrelid" = "t"."oid"  AND "a"."attnum" = ANY ("ix"."indkey") INNER JOIN "pg_namespace" "ns" ON "ns"."oid" = "t"."relnamespace" INNER JOIN "pg_class" "i" ON "i"."oid" = "ix"."indexrelid" INNER JOIN "pg_type" "types" ON "types"."oid" = "a"."atttypid" INNER JOIN "pg_am" "am" ON "i"."relam" = "am"."oid" LEFT JOIN "pg_constraint" "cnst" ON "cnst"."conname" = "i"."relname" WHERE "t"."relkind" IN ('r', 'p') AND "cnst"."contype" IS NULL AND (("ns"."nspname" = 'public' AND "t"."relname" = 'to_user') OR ("ns"."nspname" = 'public' AND "t"."relname" = 'to_post') OR ("ns"."nspname" = 'public' AND "t"."relname" = 'to_post_tags_to_tag') OR ("ns"."nspname" = 'public' AND "t"."relname" = 'to_tag'))
-- stockade: read
SELECT "con"."conname" AS "constraint_name", "con"."nspname" AS "table_schema", "con"."relname" AS "table_name", "att2"."attname" AS "column_name", "ns"."nspname" AS "referenced_table_schema", "cl"."relname" AS "referenced_table_name", "att"."attname" AS "referenced_column_name", "con"."confdeltype" AS "on_delete", "con"."confupdtype" AS "on_update", "con"."condeferrable" AS "deferrable", "con"."condeferred" AS "deferred" FROM ( SELECT UNNEST ("con1"."conkey") AS "parent", UNNEST ("con1"."confkey") AS "child", "con1"."confrelid", "con1"."conrelid", "con1"."conname", "con1"."contype", "ns"."nspname", "cl"."relname", "con1"."condeferrable", CASE WHEN "con1"."condeferred" THEN 'INITIALLY DEFERRED' ELSE 'INITIALLY IMMEDIATE' END as condeferred, CASE "con1"."confdeltype" WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END as "confdeltype", CASE "con1"."confupdtype" WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END as "confupdtype" FROM "pg_class" "cl" INNER JOIN "pg_namespace" "ns" ON "cl"."relnamespace" = "ns"."oid" INNER JOIN "pg_constraint" "con1" ON "con1"."conrelid" = "cl"."oid" WHERE "con1"."contype" = 'f' AND (("ns"."nspname" = 'public' AND "cl"."relname" = 'to_user') OR ("ns"."nspname" = 'public' AND "cl"."relname" = 'to_post') OR ("ns"."nspname" = 'public' AND "cl"."relname" = 'to_post_tags_to_tag') OR ("ns"."nspname" = 'public' AND "cl"."relname" = 'to_tag')) ) "con" INNER JOIN "pg_attribute" "att" ON "att"."attrelid" = "con"."confrelid" AND "att"."attnum" = "con"."child" INNER JOIN "pg_class" "cl" ON "cl"."oid" = "con"."confrelid"  AND "cl"."relispartition" = 'f'INNER JOIN "pg_namespace" "ns" ON "cl"."relnamespace" = "ns"."oid" INNER JOIN "pg_attribute" "att2" ON "att2"."attrelid" = "con"."conrelid" AND "att2"."attnum" = "con"."parent"
-- stockade: read
SELECT "udt_schema", "udt_name" FROM "information_schema"."columns" WHERE "table_schema" = 'public' AND "table_name" = 'to_user' AND "column_name"='mood'
-- stockade: read
SELECT "e"."enumlabel" AS "value" FROM "pg_enum" "e" INNER JOIN "pg_type" "t" ON "t"."oid" = "e"."enumtypid" INNER JOIN "pg_namespace" "n" ON "n"."oid" = "t"."typnamespace" WHERE "n"."nspname" = 'public' AND "t"."typname" = 'to_user_mood_enum' ORDER BY "e"."enumsortorder"
