-- Any number of chains: an entry's row is the chain's first row plus its sequence (src/storage/sqlite-chain-store.ts).
-- What a database of two chains has keeps its rows: both begin at row 0, each in a table of its own.
-- By hand: columns are added with a default instead of rebuilding tables of millions of rows.

-- AlterTable
ALTER TABLE "chain" ADD COLUMN "origin" TEXT NOT NULL DEFAULT 'configured';
ALTER TABLE "chain" ADD COLUMN "first_row" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "chain" ADD COLUMN "indexed_row" BIGINT NOT NULL DEFAULT 0;

UPDATE "chain" SET "origin" = 'followed' WHERE (SELECT "value" FROM "meta" WHERE "key" = 'role') = 'follower';
UPDATE "chain" SET "indexed_row" = (SELECT CAST("value" AS INTEGER) FROM "meta" WHERE "key" = 'transactions_indexed')
WHERE "kind" = 'token';
DELETE FROM "meta" WHERE "key" = 'transactions_indexed';

-- AlterTable
ALTER TABLE "information" ADD COLUMN "chain" INTEGER NOT NULL DEFAULT 2;

-- AlterTable
ALTER TABLE "wallet" ADD COLUMN "chain" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "hold" ADD COLUMN "chain" INTEGER NOT NULL DEFAULT 1;

-- DropIndex
DROP INDEX "chain_kind_key";

-- DropIndex
DROP INDEX "information_nonce_key";

-- DropIndex
DROP INDEX "wallet_address_key";

-- DropIndex
DROP INDEX "hold_state_hold_until_sequence_idx";

-- CreateIndex
CREATE UNIQUE INDEX "information_nonce_chain_key" ON "information"("nonce", "chain");

-- CreateIndex
CREATE UNIQUE INDEX "wallet_address_chain_key" ON "wallet"("address", "chain");

-- CreateIndex
CREATE INDEX "hold_chain_state_hold_until_sequence_idx" ON "hold"("chain", "state", "hold_until", "sequence");
