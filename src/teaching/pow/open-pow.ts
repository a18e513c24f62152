/** `ROLE=pow`: a node of "Learn Blockchains by Building One". */
import type { ProofOfWorkConfig } from '../../config/config.js';
import { PowController } from './pow.controller.js';
import { powRules } from './pow-rules.js';
import { openProofNode, type OpenProofNode, type ProofRole } from './proof.module.js';

export const powRole: ProofRole = {
  rules: powRules,
  controller: PowController,
  title: 'Proof of work',
  description:
    'A node of the tutorial “Learn Blockchains by Building One”: anybody mines, the longest valid chain counts.',
};

export function openPow(config: ProofOfWorkConfig): Promise<OpenProofNode> {
  return openProofNode(config, powRole);
}
