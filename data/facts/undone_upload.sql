-- The uploads that are out of effect at known_at: the newest undo of each is itself in effect. An upload is never undone
-- twice over, so the undos of it, of its undo and so on are a line, and every other one takes the first out of effect.
SELECT number
FROM (
    WITH RECURSIVE taken_back AS (
        SELECT undoes AS number, max(number) AS undo
        FROM uploads
        WHERE undoes IS NOT NULL AND number <= $known_at
        GROUP BY undoes
    ),
    line AS (
        SELECT number, undo AS newest, TRUE AS undone FROM taken_back
        UNION ALL
        SELECT line.number, taken_back.undo, NOT line.undone
        FROM line JOIN taken_back ON taken_back.number = line.newest
    )
    SELECT number, arg_max(undone, newest) AS undone FROM line GROUP BY number
)
WHERE undone
