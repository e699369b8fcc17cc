-- Deploy sawa:refund_id to pg
-- requires: payment
-- The id of a refund (ISO 20022 RtrId): what tells the parts of one transfer's refunds apart.
-- transfer_id holds it too, so i1_transfer_once_a_day takes each of them once.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- Of another kind it would let one transfer be completed, or reversed, as often as it has ids.
ALTER TABLE payment
    ADD COLUMN return_id text,
    ADD CONSTRAINT payment_return_id_is_of_a_refund CHECK (return_id IS NULL OR kind = 3);

RESET ROLE;
COMMIT;
