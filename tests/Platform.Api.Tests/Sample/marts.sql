-- The marts that the sample's semantic manifest describes.
create table analytics.dim_customer (customer_id text primary key, region text, segment text not null, created_date date not null);
create table analytics.dim_customer_history (customer_id text not null, tier text not null, valid_from date not null, valid_to date);
create table analytics.dim_product (product_id text primary key, category text not null);
create table analytics.fct_orders (
    order_id text primary key, customer_id text not null, channel text not null, ordered_at timestamptz not null, is_first boolean not null
);
create table analytics.fct_order_lines (
    order_id text not null, line_number integer not null, product_id text not null, order_date date not null, quantity integer not null,
    net_amount_eur numeric(18, 2) not null, unit_cost numeric(18, 2) not null, primary key (order_id, line_number)
);
create table analytics.fct_returns (
    return_id text primary key, order_id text not null, return_date date not null, reason text not null, refund_net_eur numeric(18, 2) not null
);
create table analytics.fct_tickets (
    ticket_id text primary key, customer_id text, opened_at timestamptz not null, priority text not null, resolution_hours numeric(18, 2)
);
create table analytics.fct_stock (day date not null, product_id text not null, warehouse text not null, on_hand integer not null);
