/** A chain as a row of linked blocks, newest first. */
import type { BlockSummary } from '../api/node.js';
import { blockPath } from '../api/routes.js';
import { counted, shortHash } from '../format.js';
import { Time } from './parts.js';

interface BlockRowProps {
  readonly chain: string;
  readonly blocks: readonly BlockSummary[];
  /** entries of the block that comes next; undefined on a follower, which knows of none */
  readonly waiting: number | undefined;
}

export function BlockRow({ chain, blocks, waiting }: BlockRowProps) {
  const head = blocks[0]?.header.index ?? 0;
  return (
    <div class="row-scroll" tabIndex={0} role="region" aria-label={`Newest blocks of ${chain}`}>
      <ol class="row">
        {waiting !== undefined && (
          <li class="link-box next" key="next">
            <div class="block next">
              <span class="block-number">Block {head + 1}</span>
              <span class="block-entries">
                {waiting === 0 ? 'empty so far' : counted(waiting, 'entry', 'entries')}
              </span>
              <span class="block-hash">not sealed yet</span>
            </div>
          </li>
        )}
        {blocks.map(({ header, entries, isNew }) => (
          <li class={isNew ? 'link-box arrives' : 'link-box'} key={header.index}>
            <a class="block" href={blockPath(chain, header.index)}>
              <span class="block-number">Block {header.index}</span>
              <span class="block-entries">
                {header.index === 1 ? 'genesis' : counted(entries, 'entry', 'entries')}
              </span>
              <span class="block-hash hash" title={header.hash}>
                {shortHash(header.hash, 4)}
              </span>
              <span class="block-time">
                <Time at={header.timestamp} />
              </span>
            </a>
          </li>
        ))}
      </ol>
    </div>
  );
}
