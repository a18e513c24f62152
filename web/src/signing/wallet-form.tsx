/** Makes a wallet, or opens one from its file. */
import { useState } from 'preact/hooks';
import type { Signer } from '../../../src/client/signer.js';
import { Note } from '../ui/parts.js';
import { canEncrypt, KeyFileError, makeKeyFile, openKeyFile } from './key-file.js';

/** The passphrase is all that protects a file that somebody copies. */
const PASSPHRASE_MIN = 8;

interface WalletFormProps {
  readonly onOpen: (signer: Signer) => void;
}

export function WalletForm({ onOpen }: WalletFormProps) {
  const [passphrase, setPassphrase] = useState('');
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const work = (act: () => Promise<Signer>): void => {
    setProblem(undefined);
    setBusy(true);
    act()
      .then(onOpen, (error: unknown) => {
        setProblem(error instanceof KeyFileError ? error.message : `That did not work: ${String(error)}`);
      })
      .finally(() => setBusy(false));
  };
  const make = async (): Promise<Signer> => {
    if (passphrase.length < PASSPHRASE_MIN) {
      throw new KeyFileError(`A passphrase needs at least ${PASSPHRASE_MIN} characters.`);
    }
    const { signer, text } = await makeKeyFile(passphrase);
    download(`${signer.address}.json`, text);
    return signer;
  };
  if (!canEncrypt()) {
    return (
      <Note tone="warn" title="Not on this address">
        Browsers encrypt on https addresses and on this machine (http://127.0.0.1) only. Use{' '}
        <code>npx bpsc</code> instead.
      </Note>
    );
  }
  return (
    <div class="form">
      <p class="hint">
        The key is made and opened by this page, and never sent. The page forgets it when it is closed or
        loaded again; the file keeps it, encrypted with the passphrase, as <code>npx bpsc wallet</code> does.
      </p>
      <div class="field">
        <label for="passphrase">Passphrase of the wallet</label>
        <input
          id="passphrase"
          type="password"
          autocomplete="off"
          value={passphrase}
          onInput={(event) => setPassphrase(event.currentTarget.value)}
        />
      </div>
      <div class="field">
        <label for="wallet-file">Open a wallet’s file</label>
        <input
          id="wallet-file"
          type="file"
          accept=".json,application/json"
          disabled={isBusy}
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            currentTarget.value = '';
            if (file !== undefined) work(async () => openKeyFile(await file.text(), passphrase));
          }}
        />
      </div>
      <button type="button" class="button" disabled={isBusy} onClick={() => work(make)}>
        {isBusy ? 'Working …' : 'Or make a new wallet, and save its file'}
      </button>
      {problem !== undefined && (
        <Note tone="bad" title="The wallet is not open">
          {problem}
        </Note>
      )}
    </div>
  );
}

function download(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
