/** Evidence of faults. */
import type { FaultCode } from '../chain/faults.js';
import type { Fault as FaultRow } from '../generated/prisma/client.js';
import { FaultLog, type FaultRecord } from '../ledger/store.js';
import type { LazyPrisma } from './prisma.js';

/** Each may carry hundreds of kilobytes of evidence. */
const FAULTS_SHOWN_MAX = 100;

export class PrismaFaultLog extends FaultLog {
  constructor(private readonly prisma: LazyPrisma) {
    super();
  }

  override async add(record: Omit<FaultRecord, 'lastSeenAt' | 'times'>): Promise<void> {
    const { upstream, chain, fault: code, digest } = record;
    const detectedAt = BigInt(record.detectedAt);
    const prisma = await this.prisma.client();
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
      update: { lastSeenAt: detectedAt, times: { increment: 1 } },
    });
  }

  override async all(): Promise<readonly FaultRecord[]> {
    const prisma = await this.prisma.client();
    const rows = await prisma.fault.findMany({ orderBy: { id: 'desc' }, take: FAULTS_SHOWN_MAX });
    return rows.map(recordOf);
  }
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
