/** Light, dark, or as the system has it. */
import { useState } from 'preact/hooks';
import { Icon } from './icon.js';

const KEY = 'bpsc-theme';
const ORDER = ['auto', 'light', 'dark'] as const;
type Theme = (typeof ORDER)[number];

const SHOWN = {
  auto: { icon: 'auto', label: 'Theme: as the system' },
  light: { icon: 'sun', label: 'Theme: light' },
  dark: { icon: 'moon', label: 'Theme: dark' },
} as const;

function current(): Theme {
  const { theme } = document.documentElement.dataset;
  return theme === 'light' || theme === 'dark' ? theme : 'auto';
}

function apply(theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // It holds until the page is closed.
  }
  dispatchEvent(new Event('bpsc-theme'));
}

export function ThemeSwitch() {
  const [theme, setTheme] = useState(current);
  const next = (): void => {
    const after = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length] ?? 'auto';
    apply(after);
    setTheme(after);
  };
  const { icon, label } = SHOWN[theme];
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} onClick={next}>
      <Icon name={icon} />
    </button>
  );
}
