/** One field for everything that has a name. The key `/` leads to it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { searchPath } from '../api/routes.js';
import { navigate, usePlace } from '../router.js';
import { Icon } from './icon.js';

export function SearchBox() {
  const { path, query } = usePlace();
  const asked = path === '/explorer/search' ? (query.get('q') ?? '') : '';
  const [text, setText] = useState(asked);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => setText(asked), [asked]);
  useEffect(() => {
    const focus = (event: KeyboardEvent): void => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName))
        return;
      event.preventDefault();
      field.current?.focus();
    };
    document.addEventListener('keydown', focus);
    return () => document.removeEventListener('keydown', focus);
  }, []);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (text.trim() !== '') navigate(searchPath(text.trim()));
  };
  return (
    <form class="search" role="search" onSubmit={submit}>
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        name="q"
        aria-label="Search by id, hash, block index or wallet"
        placeholder="Id, hash, block or wallet"
        title="Press / to come here"
        autocomplete="off"
        spellcheck={false}
        maxLength={256}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
    </form>
  );
}
