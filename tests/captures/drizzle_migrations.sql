-- drizzle-orm 0.45.4 migrate, drizzle-kit 0.31.11 push.
-- stockade: define
CREATE SCHEMA IF NOT EXISTS "drizzle"
-- stockade: define
CREATE TABLE IF NOT EXISTS "drizzle"."__drizzle_migrations" (
				id SERIAL PRIMARY KEY,
				hash text NOT NULL,
				created_at bigint
			)
-- stockade: read
select id, hash, created_at from "drizzle"."__drizzle_migrations" order by created_at desc limit 1
-- stockade: read
begin
-- stockade: define
CREATE TYPE "public"."mood" AS ENUM('sad', 'ok');
-- stockade: define
CREATE TABLE "archive" (
	"id" bigint,
	"title" text
);
-- stockade: define
CREATE TABLE "posts" (
	"id" serial PRIMARY KEY NOT NULL,
	"user_id" integer,
	"title" text,
	"price" numeric(8, 2),
	"tags" text[]
);
-- stockade: define
CREATE TABLE "users" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "users_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"mood" "mood" DEFAULT 'ok',
	"meta" jsonb,
	"created" timestamp with time zone DEFAULT now(),
	"uid" uuid DEFAULT gen_random_uuid(),
	"ok" boolean DEFAULT true,
	CONSTRAINT "users_name_unique" UNIQUE("name"),
	CONSTRAINT "ck" CHECK (length("users"."name") > 0)
);
-- stockade: define
ALTER TABLE "posts" ADD CONSTRAINT "posts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;
-- stockade: define
CREATE INDEX "u_ix" ON "users" USING btree ("name" DESC NULLS LAST,"created");
-- stockade: define
CREATE VIEW "public"."uv" AS (select "id" from "users");
-- stockade: write
insert into "drizzle"."__drizzle_migrations" ("hash", "created_at") values($1, $2)
-- stockade: read
commit
-- stockade: read
SELECT 
    n.nspname AS table_schema, 
    c.relname AS table_name, 
    CASE 
        WHEN c.relkind = 'r' THEN 'table'
        WHEN c.relkind = 'v' THEN 'view'
        WHEN c.relkind = 'm' THEN 'materialized_view'
    END AS type,
	c.relrowsecurity AS rls_enabled
FROM 
    pg_catalog.pg_class c
JOIN 
    pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE 
	c.relkind IN ('r', 'v', 'm') 
     AND n.nspname = 'public';
-- stockade: read
select s.nspname as table_schema
  from pg_catalog.pg_namespace s
  join pg_catalog.pg_user u on u.usesysid = s.nspowner
  where nspname not in ('information_schema', 'pg_catalog', 'public')
        and nspname not like 'pg_toast%'
        and nspname not like 'pg_temp_%'
  order by table_schema;
-- stockade: read
select schemaname, sequencename, start_value, min_value, max_value, increment_by, cycle, cache_size from pg_sequences as seq WHERE schemaname = 'public';
-- stockade: read
select n.nspname as enum_schema,
  t.typname as enum_name,
  e.enumlabel as enum_value,
  e.enumsortorder as sort_order
  from pg_type t
  join pg_enum e on t.oid = e.enumtypid
  join pg_catalog.pg_namespace n ON n.oid = t.typnamespace
   WHERE n.nspname = 'public'
  order by enum_schema, enum_name, sort_order;
-- stockade: read
SELECT rolname, rolinherit, rolcreatedb, rolcreaterole FROM pg_roles;
-- stockade: read
SELECT schemaname, tablename, policyname as name, permissive as "as", roles as to, cmd as for, qual as using, with_check as "withCheck" FROM pg_policies WHERE schemaname = 'public';
