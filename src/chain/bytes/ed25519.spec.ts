import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { TestProducer } from '../../../test/support/chain-builder.js';
import { withoutNodeCrypto } from '../../../test/support/without-node-crypto.js';
import { ED25519_VECTORS } from '../../../test/vectors/rfc8032.js';
import { fromHex, toHex, type PublicKey, type Signature } from './bytes.js';
import type * as Ed25519 from './ed25519.js';
import { verifySignature as nodeVerify } from './ed25519.js';

const nobleVerify = withoutNodeCrypto(
  () => jest.requireActual<typeof Ed25519>('./ed25519.js').verifySignature,
);
const implementations = [
  ["Node's own", nodeVerify],
  ["noble's, as in a browser,", nobleVerify],
] as const;

const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;
const P = 2n ** 255n - 19n;
const BITS = [1, 2, 4, 8, 16, 32, 64, 128];

/** A copy with one bit flipped. */
function flipped(hex: string, bit: number): string {
  const bytes = Buffer.from(hex, 'hex');
  const at = bit % (8 * bytes.length);
  bytes[at >> 3] = (bytes[at >> 3] as number) ^ (BITS[at & 7] as number);
  return bytes.toString('hex');
}

/** The common verdict of both implementations. */
function verdict(publicKey: string, message: string | Uint8Array, signature: string): boolean {
  const [node, noble] = implementations.map(([, verify]) =>
    verify(publicKey as PublicKey, message, signature as Signature),
  );
  expect(noble).toBe(node);
  return node as boolean;
}

/** k = SHA-512(R ‖ A ‖ M) mod L, RFC 8032, section 5.1.7. */
function challenge(r: Uint8Array, a: Uint8Array, message: string): bigint {
  const digest = createHash('sha512').update(r).update(a).update(message).digest();
  return bytesToNumberLE(Uint8Array.from(digest)) % ORDER;
}

const encoded = (r: Uint8Array, s: bigint): string => toHex(r) + toHex(numberToBytesLE(s, 32));
const torsion = ED25519_TORSION_SUBGROUP.map((hex) => Point.fromHex(hex, true));

describe.each(implementations)('%s Ed25519', (_what, verify) => {
  describe.each(ED25519_VECTORS)('$name of RFC 8032', (vector) => {
    const publicKey = vector.publicKey as PublicKey;
    const message = fromHex(vector.message);

    it('verifies', () => {
      expect(verify(publicKey, message, vector.signature as Signature)).toBe(true);
    });

    it('is refused after a change of the message, the signature or the key', () => {
      const signature = vector.signature as Signature;
      expect(verify(publicKey, Uint8Array.of(...message, 0), signature)).toBe(false);
      for (const bit of [0, 100, 255, 256, 300, 511]) {
        expect(verify(publicKey, message, flipped(signature, bit) as Signature)).toBe(false);
      }
      expect(verify(flipped(publicKey, 8) as PublicKey, message, signature)).toBe(false);
    });
  });

  it('takes text as its UTF-8', () => {
    const producer = new TestProducer('07'.repeat(32));
    const text = 'bpsc/block/v1\n{"\u20ac":"\u{1f600}"}';
    const signature = producer.sign(Buffer.from(text, 'utf8')) as Signature;
    expect(verify(producer.publicKey as PublicKey, text, signature)).toBe(true);
  });

  it('keeps keys apart, whichever was used last', () => {
    const [one, two] = [new TestProducer('08'.repeat(32)), new TestProducer('09'.repeat(32))];
    const signature = one.sign('text') as Signature;
    for (let i = 0; i < 2; i++) {
      expect(verify(one.publicKey as PublicKey, 'text', signature)).toBe(true);
      expect(verify(two.publicKey as PublicKey, 'text', signature)).toBe(false);
    }
  });
});

describe('both implementations', () => {
  const keys = fc.uint8Array({ minLength: 32, maxLength: 32 });

  it('verify signatures, and agree on anything with a bit flipped', () => {
    fc.assert(
      fc.property(keys, fc.string({ unit: 'binary' }), fc.nat(511), (seed, message, bit) => {
        const producer = new TestProducer(toHex(seed));
        const signature = producer.sign(message);
        expect(verdict(producer.publicKey, message, signature)).toBe(true);
        expect(verdict(producer.publicKey, message, flipped(signature, bit))).toBe(false);
        verdict(flipped(producer.publicKey, bit), message, signature);
      }),
      { numRuns: 10 },
    );
  });

  it('agree on any bytes as key and signature', () => {
    const signatures = fc.uint8Array({ minLength: 64, maxLength: 64 });
    fc.assert(
      fc.property(keys, signatures, (key, signature) => {
        expect(verdict(toHex(key), 'text', toHex(signature))).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it('refuse the same signature written with a larger S (malleability)', () => {
    const producer = new TestProducer('0a'.repeat(32));
    const signature = fromHex(producer.sign('text'));
    const s = bytesToNumberLE(signature.subarray(32));
    for (let more = s + ORDER; more < 2n ** 256n; more += ORDER) {
      expect(verdict(producer.publicKey, 'text', encoded(signature.subarray(0, 32), more))).toBe(false);
    }
  });

  it('refuse a key of small order, under which anyone could sign, in every encoding', () => {
    const small = [0n, 1n, P - 1n, P, P + 1n].flatMap((y) =>
      [0n, 1n].map((sign) => toHex(numberToBytesLE(y + (sign << 255n), 32))),
    );
    for (const key of [...small, ...ED25519_TORSION_SUBGROUP]) {
      // S·B - k·A = S·B whenever A drops out: always for the identity, once in eight times for order 8.
      for (let s = 1n; s <= 16n; s++) {
        const forged = encoded(Point.BASE.multiply(s).toBytes(), s);
        expect(verdict(key, 'text', forged)).toBe(false);
      }
    }
  });

  it('refuse a key that is not a point, or not the canonical encoding of one', () => {
    for (const y of [2n, P + 3n, 2n ** 255n - 1n]) {
      const key = toHex(numberToBytesLE(y, 32));
      expect(verdict(key, 'text', encoded(Point.BASE.toBytes(), 1n))).toBe(false);
    }
  });

  it('refuse a signature that is valid only after multiplication by the cofactor', () => {
    const { scalar, pointBytes } = ed25519.utils.getExtendedPublicKey(new Uint8Array(32).fill(11));
    for (const [i, point] of torsion.entries()) {
      const r = Point.BASE.multiply(5n).add(point).toBytes();
      const s = (5n + challenge(r, pointBytes, 'text') * scalar) % ORDER;
      expect(verdict(toHex(pointBytes), 'text', encoded(r, s))).toBe(point.is0());
      // noble's own check accepts them all, which is why it isn't used.
      const ownCheck = ed25519.verify(fromHex(encoded(r, s)), Buffer.from('text'), pointBytes, {
        zip215: false,
      });
      expect([i, ownCheck]).toEqual([i, true]);
    }
  });

  it('agree under a key with a small-order component', () => {
    const { scalar, point } = ed25519.utils.getExtendedPublicKey(new Uint8Array(32).fill(12));
    const verdicts = torsion.flatMap((part) => {
      const key = point.add(part).toBytes();
      return [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n].map((nonce) => {
        const r = Point.BASE.multiply(nonce).toBytes();
        const s = (nonce + challenge(r, key, 'text') * scalar) % ORDER;
        return verdict(toHex(key), 'text', encoded(r, s));
      });
    });
    expect(new Set(verdicts)).toEqual(new Set([true, false]));
  });
});
