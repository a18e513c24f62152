/** What package.json promises about Node is kept by every package that is installed, development tools too. */
import { readFileSync } from 'node:fs';
import semver from 'semver';

interface Package {
  readonly version?: string;
  readonly engines?: { readonly node?: string };
  /** npm leaves it out where it doesn't fit */
  readonly optional?: boolean;
}

it('accepts every Node that is promised', () => {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    readonly packages: Readonly<Record<string, Package>>;
  };
  const { '': root, ...installed } = lock.packages;
  const promised = root!.engines!.node!;
  expect(Object.keys(installed).length).toBeGreaterThan(500);
  const others = Object.entries(installed).filter(
    ([, { engines, optional }]) =>
      engines?.node !== undefined && optional !== true && !semver.subset(promised, engines.node),
  );
  expect(others.map(([place, { version, engines }]) => `${place} ${version}: ${engines?.node}`)).toEqual([]);
});

it('holds for the Node that these tests run on', () => {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as Package;
  expect(semver.satisfies(process.versions.node, engines!.node!)).toBe(true);
});
