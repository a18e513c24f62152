/** Stores evidence of faults. */
import type { FaultCode } from '../../chain/faults.js';
import type { Fault as FaultRow } from '../../generated/prisma/client.js';
import { FaultLog, FORKS_READ_MAX, type FaultPage, type FaultRecord } from '../../ledger/store.js';
import type { LazyPrisma } from './prisma.js';

/** The maximum characters of evidence in one answer, which has at least one fault; one fault has at most some two million. */
const FAULTS_SHOWN_MAX = 100;
const EVIDENCE_SHOWN_MAX = 8 * 1024 * 1024;
/** The maximum number of stored faults. */
const FAULTS_KEPT_MAX = 1000;
const EVIDENCE_KEPT_MAX = 64 * 1024 * 1024;

export class PrismaFaultLog extends FaultLog {
  /** @param hasForks whether there is any fault FORKED; usually there is none, and Prisma need not be loaded to know */
  constructor(
    private readonly prisma: LazyPrisma,
    private readonly hasForks: () => boolean,
  ) {
    super();
  }

  override async add(record: Omit<FaultRecord, 'lastSeenAt' | 'times'>): Promise<void> {
    const { upstream, chain, fault: code, digest } = record;
    const detectedAt = BigInt(record.detectedAt);
    const prisma = await this.prisma.client();
    const again = { lastSeenAt: detectedAt, times: { increment: 1 } };
    // The data may differ each time: a node's answer contains its own delay.
    const same = await prisma.fault.findFirst({
      where: {
        upstream,
        chain,
        code,
        index: record.index ?? null,
        sequence: record.sequence === undefined ? null : BigInt(record.sequence),
        field: record.field ?? null,
      },
      orderBy: { id: 'asc' },
      select: { id: true },
    });
    if (same !== null) {
      await prisma.fault.update({ where: { id: same.id }, data: again, select: { id: true } });
      return;
    }
    await prisma.fault.upsert({
      where: { upstream_chain_code_digest: { upstream, chain, code, digest } },
      create: {
        upstream,
        chain,
        code,
        digest,
        detectedAt,
        lastSeenAt: detectedAt,
        times: 1,
        message: record.message,
        index: record.index ?? null,
        sequence: record.sequence === undefined ? null : BigInt(record.sequence),
        field: record.field ?? null,
        expected: record.expected ?? null,
        found: record.found ?? null,
        evidence: record.evidence,
      },
      update: again,
      select: { id: true },
    });
    await prisma.$executeRaw`
      DELETE FROM fault WHERE id IN (
        SELECT id FROM (
          SELECT id, ROW_NUMBER() OVER kept AS place, SUM(LENGTH(evidence)) OVER kept AS size FROM fault
          WINDOW kept AS (ORDER BY code = 'FORKED' DESC, id DESC ROWS UNBOUNDED PRECEDING)
        ) WHERE place > ${FAULTS_KEPT_MAX} OR size > ${EVIDENCE_KEPT_MAX}
      )`;
  }

  override async page(before = Number.MAX_SAFE_INTEGER): Promise<FaultPage> {
    const prisma = await this.prisma.client();
    const sizes = await prisma.$queryRaw<readonly SizeRow[]>`
      SELECT id, LENGTH(evidence) AS size FROM fault WHERE id < ${before} ORDER BY id DESC LIMIT ${FAULTS_SHOWN_MAX + 1}`;
    let room = EVIDENCE_SHOWN_MAX;
    const shown = sizes.filter(({ size }, place) => {
      room -= Number(size);
      return place === 0 || (place < FAULTS_SHOWN_MAX && room >= 0);
    });
    const ids = shown.map(({ id }) => Number(id));
    const rows = await prisma.fault.findMany({ where: { id: { in: ids } }, orderBy: { id: 'desc' } });
    return { records: rows.map(recordOf), next: shown.length < sizes.length ? ids.at(-1) : undefined };
  }

  override async forks(): Promise<readonly FaultRecord[]> {
    if (!this.hasForks()) return [];
    const prisma = await this.prisma.client();
    const rows = await prisma.fault.findMany({
      where: { code: 'FORKED' },
      orderBy: { id: 'asc' },
      take: FORKS_READ_MAX,
    });
    return rows.map(recordOf);
  }
}

/** A raw query returns integers as number or bigint. */
interface SizeRow {
  readonly id: number | bigint;
  readonly size: number | bigint;
}

function recordOf(row: FaultRow): FaultRecord {
  return {
    fault: row.code as FaultCode,
    message: row.message,
    upstream: row.upstream,
    chain: row.chain,
    detectedAt: Number(row.detectedAt),
    lastSeenAt: Number(row.lastSeenAt),
    times: row.times,
    evidence: row.evidence,
    digest: row.digest,
    ...(row.index === null ? {} : { index: row.index }),
    ...(row.sequence === null ? {} : { sequence: Number(row.sequence) }),
    ...(row.field === null ? {} : { field: row.field }),
    ...(row.expected === null ? {} : { expected: row.expected }),
    ...(row.found === null ? {} : { found: row.found }),
  };
}
