-- Something to protect: a small shop, and the role an agent connects with. Runs once, when the volume is empty.
CREATE ROLE agent LOGIN PASSWORD 'agent';

CREATE TABLE customers (
    id    integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name  text NOT NULL,
    email text NOT NULL UNIQUE
);

CREATE TABLE orders (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers ON DELETE CASCADE,
    total_cents integer NOT NULL CHECK (total_cents >= 0),
    placed_at   timestamptz NOT NULL DEFAULT now()
);

INSERT INTO customers (name, email)
SELECT 'Customer ' || n, 'customer' || n || '@example.com' FROM generate_series(1, 1000) AS n;

INSERT INTO orders (customer_id, total_cents)
SELECT 1 + n % 1000, 100 * (1 + n % 50) FROM generate_series(1, 5000) AS n;

-- The agent owns them, as applications' roles usually do: PostgreSQL itself would let it drop everything.
ALTER TABLE customers OWNER TO agent;
ALTER TABLE orders OWNER TO agent;
GRANT ALL ON SCHEMA public TO agent;
