-- Which of these files are through already?
--   $1 digest text[] (hex)
SELECT asked.ordinal
  FROM unnest($1::text[]) WITH ORDINALITY AS asked (digest, ordinal)
  JOIN statement_file AS file ON file.digest = decode(asked.digest, 'hex')
 WHERE file.state <> 'LOADING';
