-- Transactions are found by id and by wallet in tables that are filled later, in the order of their keys
-- (src/storage/transaction-index.ts), instead of indexes that change with each of them.
-- By hand: WITHOUT ROWID, what fills the tables, and "meta". The drift check sees none of it; a test does.

-- CreateTable
CREATE TABLE "transaction_id" (
    "prefix" BIGINT NOT NULL,
    "sequence" INTEGER NOT NULL,

    PRIMARY KEY ("prefix", "sequence")
) WITHOUT ROWID;

-- CreateTable
CREATE TABLE "wallet_transaction" (
    "wallet" INTEGER NOT NULL,
    "sequence" INTEGER NOT NULL,

    PRIMARY KEY ("wallet", "sequence")
) WITHOUT ROWID;

-- The first six bytes of an id as a number: SQLite reads hexadecimal numbers in JSON alone.
INSERT INTO "transaction_id"
SELECT ('[0x' || hex(substr("id", 1, 6)) || ']') ->> 0, "sequence" FROM "transaction" ORDER BY 1, 2;

INSERT INTO "wallet_transaction"
SELECT "sender", "sequence" FROM "transaction"
UNION ALL SELECT "recipient", "sequence" FROM "transaction" WHERE "recipient" <> "sender"
ORDER BY 1, 2;

INSERT INTO "meta" ("key", "value")
SELECT 'transactions_indexed', CAST(ifnull(max("sequence") + 1, 0) AS TEXT) FROM "transaction";

-- DropIndex
DROP INDEX "transaction_id_idx";

-- DropIndex
DROP INDEX "transaction_recipient_idx";

-- DropIndex
DROP INDEX "transaction_sender_idx";

-- DropIndex
DROP INDEX "transaction_sender_nonce_key";

-- CreateIndex
CREATE UNIQUE INDEX "transaction_nonce_sender_key" ON "transaction"("nonce", "sender");
