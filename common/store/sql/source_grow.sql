-- Remember that the topic has more partitions now; the count never falls.
--   $1 source_id integer   $2 partitions integer
UPDATE source SET partitions = $2::integer
 WHERE source_id = $1::integer AND partitions < $2::integer;
