import { readCliSettings } from './cli-env.js';
import { readConfig } from './read-config.js';

describe('the environment of the command', () => {
  it('may be empty', () => {
    const nothing = {
      passphrase: undefined,
      wallet: undefined,
      node: undefined,
      apiToken: undefined,
      tokensFile: undefined,
      profile: undefined,
      noColor: false,
    };
    expect(readCliSettings({})).toEqual(nothing);
    const empty = {
      BPSC_PASSPHRASE: '',
      BPSC_WALLET: ' ',
      BPSC_NODE: '',
      BPSC_API_TOKEN: '',
      BPSC_PROFILE: '',
      NO_COLOR: '',
    };
    expect(readCliSettings(empty)).toEqual(nothing);
  });

  it('is trimmed, except for the passphrase', () => {
    const env = {
      BPSC_PASSPHRASE: ' a b ',
      BPSC_WALLET: ' alice ',
      BPSC_NODE: ' x:1 ',
      BPSC_API_TOKEN: ' t ',
      BPSC_PROFILE: ' p ',
      API_TOKENS_FILE: ' f ',
      NO_COLOR: '0',
    };
    expect(readCliSettings(env)).toEqual({
      passphrase: ' a b ',
      wallet: 'alice',
      node: 'x:1',
      apiToken: 't',
      tokensFile: 'f',
      profile: 'p',
      noColor: true,
    });
  });

  it.each(['BPSC_PASSPHRASE', 'BPSC_WALLET', 'BPSC_NODE', 'BPSC_API_TOKEN', 'BPSC_PROFILE', 'NO_COLOR'])(
    '%s is not a variable of a node',
    (name) => {
      expect(() => readConfig({ [name]: 'x' })).not.toThrow();
    },
  );
});
