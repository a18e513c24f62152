/** Parses host names from the Host header, an origin, or the configuration. */

export interface HostName {
  /** lower-case, without port, brackets or a trailing dot; an IPv4 address in its usual form */
  readonly name: string;
  /** with the port, unless it is the scheme's default: as in `URL.host` */
  readonly host: string;
}

/** Characters with which a URL parser would read something other than a host and a port. */
const NOT_IN_A_HOST = /[\s/\\?#@]/;

/** Cached results of {@link parseHostHeader}: nearly all requests name the same few hosts. */
const parsed = new Map<string, HostName | undefined>();
const PARSED_MAX = 64;
/** Longer texts are not cached, so that a client can't fill memory with them. */
const PARSED_CHARACTERS_MAX = 256;

/** Like {@link parseHost} for HTTP, but cached: parsing a URL takes as long as several hooks of a request. */
export function parseHostHeader(text: string): HostName | undefined {
  if (parsed.has(text)) return parsed.get(text);
  const host = parseHost(text);
  if (parsed.size >= PARSED_MAX) parsed.clear();
  if (text.length <= PARSED_CHARACTERS_MAX) parsed.set(text, host);
  return host;
}

/**
 * Reads `name`, `name:port`, `1.2.3.4:port` or `[::1]:port`.
 * @param scheme determines the default port
 * @returns undefined if it is none of these
 */
export function parseHost(text: string, scheme: 'http:' | 'https:' = 'http:'): HostName | undefined {
  if (text === '' || NOT_IN_A_HOST.test(text)) return undefined;
  const url = `${scheme}//${text}`;
  if (!URL.canParse(url)) return undefined;
  const { host, hostname } = new URL(url);
  const name = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  return name === '' ? undefined : { name, host: host.replace(/\.(?=:\d+$|$)/, '') };
}
