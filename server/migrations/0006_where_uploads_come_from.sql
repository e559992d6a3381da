-- The address from which an unfinished file was announced: what never came of it is given back to whom it
-- was counted for, the person and the address.
ALTER TABLE files ADD COLUMN announced_from TEXT;
