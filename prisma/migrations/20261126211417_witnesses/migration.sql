-- CreateTable
CREATE TABLE "cosigned" (
    "origin" TEXT NOT NULL PRIMARY KEY,
    "size" BIGINT NOT NULL,
    "root" BLOB NOT NULL
);

-- CreateTable
CREATE TABLE "cosignature" (
    "chain" INTEGER NOT NULL,
    "size" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "key_id" BLOB NOT NULL,
    "signature" BLOB NOT NULL,

    PRIMARY KEY ("chain", "size", "name", "key_id")
);
