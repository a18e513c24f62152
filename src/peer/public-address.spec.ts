import os from 'node:os';
import { isPublicAddress } from './public-address.js';

afterEach(() => jest.restoreAllMocks());

test.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

// IANA's special-purpose address registries.
test.each([
  ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.255.0.9', '169.254.169.254', '172.16.0.1'],
  ...['172.31.255.255', '192.0.0.8', '192.0.2.1', '192.168.1.1', '198.18.0.1', '198.51.100.1', '203.0.113.1'],
  ...['224.0.0.1', '240.0.0.1', '255.255.255.255'],
  ...['::', '::1', '::7f00:1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '64:ff9b::7f00:1', '100::1', '2001::1'],
  ...[
    '2001:db8::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
  ],
  ...['', 'localhost', 'example.org'],
])('%p is not', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test('an address of this machine’s own is not, though it is public elsewhere', () => {
  const own = { address: '93.184.216.34' } as os.NetworkInterfaceInfo;
  jest.spyOn(os, 'networkInterfaces').mockReturnValue({ eth0: [own] });
  expect(isPublicAddress('93.184.216.34')).toBe(false);
  expect(isPublicAddress('::ffff:93.184.216.34')).toBe(false);
  expect(isPublicAddress('93.184.216.35')).toBe(true);
});
