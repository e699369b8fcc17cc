-- Is this the topic we know? Its id is learnt where none is known yet, and never changed.
--   $1 source_id integer   $2 topic_uuid uuid
UPDATE source SET topic_uuid = coalesce(source.topic_uuid, $2::uuid)
 WHERE source_id = $1::integer
RETURNING source.topic_uuid = $2::uuid;
