/** Rules of HTTP/1.1 for requests that Node's parser does not enforce. */
import type { IncomingMessage } from 'node:http';
import { BadRequestException, HttpException, HttpStatus, NotFoundException } from '@nestjs/common';
import { parseHost } from '../../config/host-name.js';

/** Values that need no further check: a name or an IPv4 address, and a port. */
const PLAIN_HOST = /^[A-Za-z0-9.-]+(?::\d{1,5})?$/;

/** A path, alone or after a host. */
const ROUTABLE = /^(?:https?:\/\/[^/]+)?\//i;

/** Why a request is invalid, if it is (RFC 9110 and RFC 9112). */
export function protocolRefusal(request: IncomingMessage): HttpException | undefined {
  const { httpVersion, headers } = request;
  if (!httpVersion.startsWith('1.')) {
    return new HttpException(
      `this node speaks HTTP/1.1, not HTTP/${httpVersion}`,
      HttpStatus.HTTP_VERSION_NOT_SUPPORTED,
    );
  }
  const expectation = headers.expect;
  if (expectation !== undefined && expectation.toLowerCase() !== '100-continue') {
    return new HttpException(
      `this node knows the expectation 100-continue, not ${expectation}`,
      HttpStatus.EXPECTATION_FAILED,
    );
  }
  // The asterisk of OPTIONS, and other targets that Node's parser accepts.
  if (!ROUTABLE.test(request.url ?? '')) {
    return new NotFoundException(`there is no ${request.method} ${request.url} here`);
  }
  return hostRefusal(request);
}

/** RFC 9112, section 3.2: HTTP/1.1 requires exactly one valid Host. */
function hostRefusal({ httpVersion, headers, rawHeaders }: IncomingMessage): HttpException | undefined {
  const { host } = headers;
  if (host === undefined) {
    return httpVersion === '1.0' ? undefined : new BadRequestException('a request must have the header Host');
  }
  if (!PLAIN_HOST.test(host) && parseHost(host) === undefined) {
    return new BadRequestException(
      `Host must be a name or an address, with or without a port (found ${JSON.stringify(host)})`,
    );
  }
  // Node only keeps the first of several.
  let hosts = 0;
  for (let place = 0; place < rawHeaders.length; place += 2) {
    if (rawHeaders[place]?.length === 4 && rawHeaders[place]?.toLowerCase() === 'host') hosts++;
  }
  return hosts > 1 ? new BadRequestException('a request must have one header Host, not several') : undefined;
}
