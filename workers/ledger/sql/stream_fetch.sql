-- The next rows of the stream that was declared; none: it is at its end.
FETCH 2000 FROM ledger_stream;
