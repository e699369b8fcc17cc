-- Bytes that name customers, sealed; no row: they were erased.
--   $1 digest bytea (of the bytes in clear)
SELECT key_id, sealed FROM sealed_content WHERE digest = $1::bytea;
