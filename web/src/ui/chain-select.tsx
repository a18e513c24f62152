/** A choice among chains of one kind; nothing where there is only one. */
import type { Chain } from '../api/types.js';

interface ChainSelectProps {
  readonly label: string;
  readonly id: string;
  readonly chains: readonly Chain[];
  readonly value: string;
  readonly onChange: (name: string) => void;
}

export function ChainSelect({ label, id, chains, value, onChange }: ChainSelectProps) {
  if (chains.length < 2) return null;
  return (
    <span class="chain-tools">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {chains.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </span>
  );
}
