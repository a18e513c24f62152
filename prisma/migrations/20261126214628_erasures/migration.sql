-- CreateTable
CREATE TABLE "erasure" (
    "sequence" INTEGER NOT NULL PRIMARY KEY,
    "record" INTEGER NOT NULL
);

-- CreateTable
CREATE TABLE "withheld" (
    "sequence" INTEGER NOT NULL PRIMARY KEY
);

-- CreateIndex
CREATE UNIQUE INDEX "erasure_record_key" ON "erasure"("record");
