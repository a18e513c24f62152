/** Host names as they stand in the header Host, in an origin, or in the configuration. */

export interface HostName {
  /** lower-case, without port, brackets or a dot at the end; an IPv4 address in its usual form */
  readonly name: string;
  /** with the port where there is one that isn't HTTP's own: as in `URL.host` */
  readonly host: string;
}

/** What would make a URL parser read something else than a host and a port. */
const NOT_IN_A_HOST = /[\s/\\?#@]/;

/**
 * Reads `name`, `name:port`, `1.2.3.4:port` or `[::1]:port`.
 * @param scheme decides which port needn't be written
 * @returns undefined where it is none of them
 */
export function parseHost(text: string, scheme: 'http:' | 'https:' = 'http:'): HostName | undefined {
  if (text === '' || NOT_IN_A_HOST.test(text)) return undefined;
  const url = `${scheme}//${text}`;
  if (!URL.canParse(url)) return undefined;
  const { host, hostname } = new URL(url);
  const name = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  return name === '' ? undefined : { name, host: host.replace(/\.(?=:\d+$|$)/, '') };
}
