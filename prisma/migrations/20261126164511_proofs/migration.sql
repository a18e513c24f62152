-- AlterTable
ALTER TABLE "block" ADD COLUMN "checkpoint" BLOB;

-- CreateTable
CREATE TABLE "subtree" (
    "chain" INTEGER NOT NULL,
    "index" INTEGER NOT NULL,
    "roots" BLOB NOT NULL,

    PRIMARY KEY ("chain", "index")
);
