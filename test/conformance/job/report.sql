CREATE TABLE doubled AS SELECT id, id * 2 AS twice FROM range(5);
SELECT sum(twice) AS answer FROM doubled;
