-- Several generations go to the tables that transactions are found by together, and each is stored until then
-- (src/storage/transaction-index.ts).

-- CreateTable
CREATE TABLE "transaction_run" (
    "first" INTEGER NOT NULL PRIMARY KEY,
    "ids" BLOB NOT NULL,
    "wallets" BLOB NOT NULL
);

-- What was written of a generation that isn't complete in the tables is written again with others, in another order:
-- what the tables have of them is always the beginning.
DELETE FROM "transaction_id" WHERE "sequence" >= (SELECT CAST("value" AS INTEGER) FROM "meta" WHERE "key" = 'transactions_indexed');
DELETE FROM "wallet_transaction" WHERE "sequence" >= (SELECT CAST("value" AS INTEGER) FROM "meta" WHERE "key" = 'transactions_indexed');
