-- CreateTable
CREATE TABLE "meta" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "value" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "chain" (
    "number" INTEGER NOT NULL PRIMARY KEY,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "chain_id" BLOB NOT NULL,
    "contract" TEXT NOT NULL,
    "head_index" INTEGER NOT NULL,
    "head_hash" BLOB NOT NULL
);

-- CreateTable
CREATE TABLE "block" (
    "chain" INTEGER NOT NULL,
    "index" INTEGER NOT NULL,
    "hash" BLOB NOT NULL,
    "previous_hash" BLOB NOT NULL,
    "timestamp" BIGINT NOT NULL,
    "tree_root" BLOB NOT NULL,
    "tree_size" BIGINT NOT NULL,
    "signature" BLOB NOT NULL,
    "frontier" BLOB NOT NULL,

    PRIMARY KEY ("chain", "index")
);

-- CreateTable
CREATE TABLE "transaction" (
    "sequence" INTEGER NOT NULL PRIMARY KEY,
    "id" BLOB NOT NULL,
    "block" INTEGER NOT NULL,
    "sender" INTEGER NOT NULL,
    "recipient" INTEGER NOT NULL,
    "nonce" TEXT NOT NULL,
    "leaf" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "information" (
    "sequence" INTEGER NOT NULL PRIMARY KEY,
    "id" BLOB NOT NULL,
    "block" INTEGER NOT NULL,
    "nonce" TEXT NOT NULL,
    "leaf" TEXT NOT NULL,
    "information" TEXT,
    "salt" BLOB
);

-- CreateTable
CREATE TABLE "wallet" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "address" TEXT NOT NULL,
    "sent" TEXT NOT NULL DEFAULT '0',
    "received" TEXT NOT NULL DEFAULT '0',
    "fees_paid" TEXT NOT NULL DEFAULT '0',
    "fees_collected" TEXT NOT NULL DEFAULT '0',
    "issued" TEXT NOT NULL DEFAULT '0',
    "held" TEXT NOT NULL DEFAULT '0',
    "sent_count" INTEGER NOT NULL DEFAULT 0,
    "received_count" INTEGER NOT NULL DEFAULT 0
);

-- CreateTable
CREATE TABLE "hold" (
    "sequence" INTEGER NOT NULL PRIMARY KEY,
    "hold_until" BIGINT NOT NULL,
    "state" TEXT NOT NULL,
    "ended_by" INTEGER
);

-- CreateTable
CREATE TABLE "supply" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "issued" TEXT NOT NULL,
    "burnt" TEXT NOT NULL,
    "held" TEXT NOT NULL,
    "circulating" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "node" (
    "url" TEXT NOT NULL PRIMARY KEY,
    "registered_at" BIGINT NOT NULL
);

-- CreateTable
CREATE TABLE "fault" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "detected_at" BIGINT NOT NULL,
    "last_seen_at" BIGINT NOT NULL,
    "times" INTEGER NOT NULL,
    "upstream" TEXT NOT NULL,
    "chain" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "index" INTEGER,
    "sequence" BIGINT,
    "field" TEXT,
    "expected" TEXT,
    "found" TEXT,
    "evidence" TEXT NOT NULL,
    "digest" TEXT NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "chain_kind_key" ON "chain"("kind");

-- CreateIndex
CREATE UNIQUE INDEX "chain_name_key" ON "chain"("name");

-- CreateIndex
CREATE UNIQUE INDEX "chain_chain_id_key" ON "chain"("chain_id");

-- CreateIndex
CREATE UNIQUE INDEX "block_hash_key" ON "block"("hash");

-- CreateIndex
CREATE INDEX "transaction_id_idx" ON "transaction"("id");

-- CreateIndex
CREATE INDEX "transaction_recipient_idx" ON "transaction"("recipient");

-- CreateIndex
CREATE INDEX "transaction_sender_idx" ON "transaction"("sender");

-- CreateIndex
CREATE UNIQUE INDEX "transaction_sender_nonce_key" ON "transaction"("sender", "nonce");

-- CreateIndex
CREATE UNIQUE INDEX "information_nonce_key" ON "information"("nonce");

-- CreateIndex
CREATE INDEX "information_id_idx" ON "information"("id");

-- CreateIndex
CREATE UNIQUE INDEX "wallet_address_key" ON "wallet"("address");

-- CreateIndex
CREATE INDEX "hold_state_hold_until_sequence_idx" ON "hold"("state", "hold_until", "sequence");

-- CreateIndex
CREATE UNIQUE INDEX "fault_upstream_chain_code_digest_key" ON "fault"("upstream", "chain", "code", "digest");
