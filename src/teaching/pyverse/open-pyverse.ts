/** `ROLE=pyverse`: a node of PyVerse's chain with wallets. */
import type { ProofOfWorkConfig } from '../../config/config.js';
import { openProofNode, type OpenProofNode, type ProofRole } from '../pow/proof.module.js';
import { PyverseController } from './pyverse.controller.js';
import { pyverseRules } from './pyverse-rules.js';

export const pyverseRole: ProofRole = {
  rules: pyverseRules,
  controller: PyverseController,
  title: 'Proof of work with wallets',
  description:
    'A node of PyVerse’s chain: proof of work, and transactions that are signed with RSA-1024 and SHA-1. Both are broken, and kept because the original takes nothing else.',
  // Pages of the client, which runs on another port, send their transactions here.
  isOpenToPages: true,
  takesForms: true,
};

export function openPyverse(config: ProofOfWorkConfig): Promise<OpenProofNode> {
  return openProofNode(config, pyverseRole);
}
