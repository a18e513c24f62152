/** Ed25519 by the browser's own WebCrypto, many at once; by noble where the browser has none. */
import { fromHex, type PublicKey, type Signature } from '../../../src/chain/bytes/bytes.js';
import { isKey, verifySignature } from '../../../src/chain/bytes/ed25519.js';

export interface Signed {
  readonly publicKey: PublicKey;
  readonly text: string;
  readonly signature: Signature;
}

export interface SignatureEngine {
  readonly name: 'WebCrypto' | 'noble';
  check(signed: Signed): Promise<boolean>;
}

/** RFC 8032, section 7.1, test 2: the key and the signature of one byte. */
const KNOWN = {
  publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c' as PublicKey,
  text: 'r',
  signature:
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00' as Signature,
} as const;

/** WebCrypto where it is there (a browser has it for https and for this machine alone) and knows Ed25519. */
export async function chooseEngine(): Promise<SignatureEngine> {
  try {
    const engine = webCrypto(crypto.subtle);
    if (await engine.check(KNOWN)) return engine;
  } catch {
    // Too old, or an insecure origin.
  }
  return { name: 'noble', check: async (signed) => verifyByNoble(signed) };
}

function verifyByNoble({ publicKey, text, signature }: Signed): boolean {
  return verifySignature(publicKey, text, signature);
}

const KEYS_KEPT_MAX = 1024;

/** Named by what makes them: Node's types and the browser's have them in different places. */
type Subtle = typeof crypto.subtle;
type Key = Awaited<ReturnType<Subtle['importKey']>>;

function webCrypto(subtle: Subtle): SignatureEngine {
  const keys = new Map<PublicKey, Promise<Key>>();
  const keyOf = (publicKey: PublicKey): Promise<Key> => {
    let key = keys.get(publicKey);
    if (key === undefined) {
      if (keys.size >= KEYS_KEPT_MAX) keys.clear();
      key = subtle.importKey('raw', copyOf(fromHex(publicKey)), 'Ed25519', false, ['verify']);
      keys.set(publicKey, key);
    }
    return key;
  };
  return {
    name: 'WebCrypto',
    async check({ publicKey, text, signature }) {
      // The protocol refuses keys that some implementations let pass.
      if (!isKey(publicKey)) return false;
      try {
        const message = new TextEncoder().encode(text);
        return await subtle.verify('Ed25519', await keyOf(publicKey), copyOf(fromHex(signature)), message);
      } catch {
        return false;
      }
    },
  };
}

/** On a buffer of its own, as WebCrypto's types want it. */
function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

const BATCH = 256;

/** @returns the place of the first that is not good; undefined when all are */
export async function firstBad(
  signed: readonly Signed[],
  engine: SignatureEngine,
  progress: (done: number) => void,
): Promise<number | undefined> {
  for (let from = 0; from < signed.length; from += BATCH) {
    const verdicts = await Promise.all(signed.slice(from, from + BATCH).map((one) => engine.check(one)));
    const bad = verdicts.indexOf(false);
    if (bad !== -1) return from + bad;
    progress(Math.min(signed.length, from + BATCH));
  }
  return undefined;
}
