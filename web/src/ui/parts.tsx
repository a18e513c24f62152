/** Small parts that every page is made of. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { escapedJson, visible } from '../../../src/chain/bytes/hidden-characters.js';
import type { ApiError } from '../api/get.js';
import { ago, exact, iso, shortHash } from '../format.js';
import { useNow } from './clock.js';
import { Icon } from './icon.js';

type Children = { readonly children: ComponentChildren };

const COPIED_MS = 1500;

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await copyText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED_MS);
  };
  return (
    <button
      type="button"
      class={isCopied ? 'copy copied' : 'copy'}
      aria-label={isCopied ? 'Copied' : `Copy ${what}`}
      title={isCopied ? 'Copied' : `Copy ${what}`}
      onClick={() => void copy()}
    >
      <Icon name={isCopied ? 'check' : 'copy'} />
    </button>
  );
}

/** Over plain HTTP, on another host than this one, a browser has no clipboard for us: then the old way. */
async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- it has no other successor than the one above
    document.execCommand('copy');
    area.remove();
  }
}

interface HashProps {
  readonly value: string;
  /** for the copy button: "Copy block hash" */
  readonly what: string;
  readonly href?: string;
  /** all of it, broken over lines */
  readonly whole?: boolean;
  readonly digits?: number;
}

export function HashText({ value, what, href, whole = false, digits = 6 }: HashProps) {
  const shown = whole ? value : shortHash(value, digits);
  const text = (
    <span
      class={whole ? 'hash whole' : 'hash'}
      title={whole ? undefined : value}
      data-exact={whole ? undefined : value}
    >
      {shown}
    </span>
  );
  return (
    <span class="hash-box">
      {href === undefined ? text : <a href={href}>{text}</a>}
      <CopyButton text={value} what={what} />
    </span>
  );
}

/** A text from outside: it keeps its direction to itself, and what can't be seen in it is made visible. */
export function Foreign({ value, class: extra }: { readonly value: string; readonly class?: string }) {
  return <bdi class={extra}>{visible(value)}</bdi>;
}

/** A longer one has too many texts in it. */
const JSON_ISOLATED_MAX = 100_000;
const JSON_TEXT = /("(?:[^"\\]|\\.)*")/;

/**
 * JSON, always from left to right: each text in it keeps its direction to itself, and what can't be seen is escaped, which
 * means the same.
 */
export function JsonText({ text }: { readonly text: string }) {
  if (text.length > JSON_ISOLATED_MAX) return <>{escapedJson(text)}</>;
  return (
    <>
      {text.split(JSON_TEXT).map((part, place) => {
        const shown = escapedJson(part);
        return place % 2 === 1 ? <bdi key={place}>{shown}</bdi> : shown;
      })}
    </>
  );
}

export function Time({ at, both = false }: { readonly at: number; readonly both?: boolean }) {
  const now = useNow();
  return (
    <time dateTime={iso(at)} title={exact(at)}>
      {both ? `${exact(at)} (${ago(at, now)})` : ago(at, now)}
    </time>
  );
}

interface CardProps extends Children {
  readonly title?: ComponentChildren;
  readonly aside?: ComponentChildren;
  readonly id?: string;
  readonly class?: string;
}

export function Card({ title, aside, id, children, class: extra = '' }: CardProps) {
  return (
    <section class={`card ${extra}`} aria-labelledby={title === undefined ? undefined : id}>
      {title !== undefined && (
        <header class="card-head">
          <h2 id={id}>{title}</h2>
          {aside}
        </header>
      )}
      {children}
    </section>
  );
}

/** Name and value pairs. */
export function Facts({ children, wide = false }: Children & { readonly wide?: boolean }) {
  return <dl class={wide ? 'facts wide' : 'facts'}>{children}</dl>;
}

export function Fact({ name, children }: Children & { readonly name: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export type Tone = 'ok' | 'bad' | 'warn' | 'plain' | 'token' | 'information';

export function Badge({ tone = 'plain', children }: Children & { readonly tone?: Tone }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

interface NoteProps extends Children {
  /** `loud`: worse than bad, not to be overlooked */
  readonly tone: 'loud' | 'bad' | 'warn' | 'info' | 'ok';
  readonly title?: ComponentChildren;
}

export function Note({ tone, title, children }: NoteProps) {
  return (
    <div class={`note ${tone}`} role={tone === 'bad' || tone === 'loud' ? 'alert' : undefined}>
      <Icon name={tone === 'ok' ? 'check' : tone === 'info' ? 'info' : 'alert'} />
      <div>
        {title !== undefined && <strong class="note-title">{title}</strong>}
        <div>{children}</div>
      </div>
    </div>
  );
}

export function Empty({ title, children }: Partial<Children> & { readonly title: string }) {
  return (
    <div class="empty">
      <Icon name="box" />
      <strong>{title}</strong>
      {children !== undefined && <p>{children}</p>}
    </div>
  );
}

export function Loading({ what }: { readonly what: string }) {
  return (
    <div class="loading" role="status">
      <span class="spinner" aria-hidden="true" /> Loading {what} …
    </div>
  );
}

export function Failed({ error, again }: { readonly error: ApiError; readonly again?: () => void }) {
  return (
    <Note tone={error.status === 404 ? 'warn' : 'bad'} title={titleOf(error)}>
      <p>
        <Foreign value={error.message} />
      </p>
      {again !== undefined && error.status !== 404 && (
        <button type="button" class="button" onClick={again}>
          Try again
        </button>
      )}
    </Note>
  );
}

function titleOf({ status, code }: ApiError): string {
  if (status === 404) return 'Not here';
  if (status === 0) return 'The node does not answer';
  if (code === 'NOT_SYNCED') return 'Nothing to show yet';
  if (status === 429) return 'Too many requests';
  return 'That did not work';
}

interface PageTitleProps {
  readonly children: ComponentChildren;
  readonly lead?: ComponentChildren;
  readonly crumbs?: ComponentChildren;
}

/** Names what the page shows, in the browser's tab and history. @param text undefined: the overview */
export function useTitle(text: string | undefined): void {
  const title = text === undefined ? 'bpsc explorer' : `${visible(text)} · bpsc explorer`;
  useEffect(() => {
    document.title = title;
  }, [title]);
}

/** The heading of a page: it takes the focus when the page is come to, so that screen readers say where they are. */
export function PageTitle({ children, lead, crumbs }: PageTitleProps) {
  return (
    <div class="page-title">
      {crumbs !== undefined && (
        <nav aria-label="Breadcrumb" class="crumbs">
          {crumbs}
        </nav>
      )}
      <h1 tabIndex={-1}>{children}</h1>
      {lead !== undefined && <p class="lead">{lead}</p>}
    </div>
  );
}
