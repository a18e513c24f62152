/** The files of deploy/: that they can be read, and name only what a node has. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { load, loadAll, YAML11_SCHEMA } from 'js-yaml';
import { readConfig } from '../../src/config/read-config.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

afterAll(removeTemporary);

const text = (file: string): string => readFileSync(file, 'utf8');
const dockerfile = text('Dockerfile');

/** The variables of the image's ENV instruction. */
function imageEnvironment(): Record<string, string> {
  const [, lines = ''] = /^ENV ((?:.*\\\n)*.*)$/m.exec(dockerfile) ?? [];
  return Object.fromEntries(
    lines
      .split(/[\s\\]+/)
      .filter((part) => part.includes('='))
      .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  );
}

/** The node's settings; the values that an operator sets are filled in. */
function configOf(env: Readonly<Record<string, unknown>>): ReturnType<typeof readConfig> {
  const filled = Object.entries(env).map(([name, value]) => [name, valueOf(name, String(value))] as const);
  return readConfig({ ...imageEnvironment(), ...Object.fromEntries(filled) });
}

function valueOf(name: string, value: string): string {
  if (name === 'API_TOKEN') return 'x'.repeat(32);
  return value.replace(/\$\{[A-Z_]+:-\}/g, '');
}

interface Container {
  readonly name: string;
  readonly env: readonly { name: string; value?: string; valueFrom?: object }[];
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly Container[] } } };
}

describe('the image', () => {
  it('is built in two stages, and runs as a user of its own', () => {
    expect(dockerfile.match(/^FROM .*$/gm)).toEqual([
      expect.stringMatching(/^FROM node:\d+-\w+ AS build$/),
      expect.stringMatching(/^FROM node:\d+-\w+-slim$/),
    ]);
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile.indexOf('\nUSER node')).toBeLessThan(dockerfile.indexOf('\nCMD '));
  });

  it('copies what a node needs: all that the package has', () => {
    const { files } = JSON.parse(text('package.json')) as { files: string[] };
    for (const file of files) expect(dockerfile).toContain(`COPY --from=build /opt/bpsc/${file} ./${file}\n`);
  });

  it.each(['producer', 'follower'])('sets what a %s accepts, and keeps all of it in /data', (role) => {
    const config = configOf({ ROLE: role, PRODUCER_URL: 'http://producer:5000' });
    expect(config).toMatchObject({ role, host: '0.0.0.0', port: 5000, databaseFile: '/data/node.db' });
  });

  it('is healthy while the node answers', async () => {
    const [, script = ''] = /CMD \["node", "-e", "(.*)"\]/.exec(dockerfile) ?? [];
    let status = 200;
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const check = (): Promise<number | null> =>
      new Promise((resolve) =>
        spawn(process.execPath, ['-e', script], { env: { PORT: String(port) } }).on('exit', resolve),
      );
    expect(await check()).toBe(0);
    status = 503;
    expect(await check()).toBe(1);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await check()).toBe(1);
    expect(asked).toEqual(['/health/live', '/health/live']);
  });
});

describe('compose.yaml', () => {
  interface Service {
    readonly image: string;
    readonly environment: Record<string, string>;
    readonly volumes: readonly string[];
    readonly ports: readonly string[];
  }
  // Compose reads YAML 1.1, whose merge keys it uses.
  const { services, volumes } = load(text('deploy/compose.yaml'), { schema: YAML11_SCHEMA }) as {
    services: Record<string, Service>;
    volumes: Record<string, null>;
  };

  it('starts a producer and two followers with settings that they accept', () => {
    const roles = Object.values(services)
      .filter(({ image }) => image === 'bpsc')
      .map(({ environment }) => configOf(environment).role);
    expect(roles).toEqual(['producer', 'follower', 'follower']);
  });

  it('publishes ports on this machine alone, each once', () => {
    const ports = Object.values(services).flatMap((service) => service.ports);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    expect(new Set(ports.map((port) => port.split(':')[1])).size).toBe(ports.length);
  });

  it('mounts volumes that are declared, and folders that are there', () => {
    for (const [source = ''] of Object.values(services).flatMap((service) =>
      service.volumes.map((volume) => volume.split(':')),
    )) {
      const isThere = source.startsWith('./') ? existsSync(path.join('deploy', source)) : source in volumes;
      expect([source, isThere]).toEqual([source, true]);
    }
  });

  it('is scraped by Prometheus, every node of it', () => {
    const { scrape_configs: jobs } = load(text('deploy/prometheus/prometheus.yml')) as {
      scrape_configs: { static_configs: { targets: string[] }[] }[];
    };
    const targets = jobs.flatMap((job) => job.static_configs.flatMap((each) => each.targets));
    const nodes = Object.entries(services).filter(([, { image }]) => image === 'bpsc');
    expect(targets).toEqual(nodes.map(([name]) => `${name}:5000`));
  });
});

describe('the Kubernetes example', () => {
  const manifests = loadAll(text('deploy/kubernetes/bpsc.yaml')) as Manifest[];

  it('has settings that nodes accept, and one producer', () => {
    const sets = manifests.filter(({ kind }) => kind === 'StatefulSet');
    const roles = sets.map(({ spec }) => {
      const [container] = spec.template.spec.containers;
      return configOf(
        Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value ?? ''])),
      ).role;
    });
    expect(roles).toEqual(['producer', 'follower']);
    expect(sets[0]?.spec).toMatchObject({ replicas: 1 });
  });
});

describe('the systemd unit', () => {
  it.each(['producer', 'follower'])('starts a %s', (name) => {
    const env = parseEnv(text(`deploy/systemd/${name}.env`)) as Record<string, string>;
    expect(configOf(env)).toMatchObject({ role: name, databaseFile: `/var/lib/bpsc/${name}.db` });
  });

  const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
  (hasSystemd ? it : it.skip)('is accepted by systemd', () => {
    // A folder of its own, where its user and its programs exist.
    const unit = path.join(temporaryFolder(), 'bpsc@.service');
    const here = text('deploy/systemd/bpsc@.service')
      .replace('User=bpsc', 'User=root')
      .replace('/usr/bin/node', process.execPath);
    writeFileSync(unit, here);
    const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' });
    expect(stderr.split('\n').filter((line) => line.includes('bpsc@'))).toEqual([]);
  });
});

describe('the alerts and the dashboard', () => {
  /** The names in the sources; Prometheus adds the endings of a histogram. */
  const exported = new Set(
    readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((file) => /(?<!spec)\.ts$/.test(file))
      .flatMap((file) => text(path.join('src', file)).match(/'bpsc_\w+'/g) ?? [])
      .map((name) => name.slice(1, -1)),
  );
  const unknownIn = (expressions: readonly string[]): readonly string[] =>
    expressions
      .flatMap((expression) => expression.match(/bpsc_\w+/g) ?? [])
      .filter((name) => !exported.has(name.replace(/_(?:bucket|count|sum)$/, '')) && !exported.has(name));

  it('name metrics that nodes export', () => {
    expect(exported.size).toBeGreaterThan(20);
    const { groups } = load(text('deploy/prometheus/alerts.yml')) as {
      groups: { rules: { expr: string }[] }[];
    };
    const alerts = groups.flatMap(({ rules }) => rules.map(({ expr }) => expr));
    const { panels } = JSON.parse(text('deploy/grafana/dashboards/bpsc.json')) as {
      panels: { targets: { expr: string }[] }[];
    };
    const shown = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    expect([alerts.length > 8, shown.length > 12]).toEqual([true, true]);
    expect(unknownIn([...alerts, ...shown])).toEqual([]);
  });

  it('are those of docs/operations.md', () => {
    const { groups } = load(text('deploy/prometheus/alerts.yml')) as {
      groups: { rules: { expr: string }[] }[];
    };
    const documented = text('docs/operations.md');
    for (const { expr } of groups.flatMap(({ rules }) => rules)) {
      const metrics = expr.match(/bpsc_\w+/g) ?? [];
      for (const metric of metrics)
        expect(documented).toContain(metric.replace(/_(?:bucket|count|sum)$/, ''));
    }
  });
});

describe('the proxies', () => {
  const nginx = process.env.NGINX_PATH ?? '/usr/sbin/nginx';
  const hasTools = existsSync(nginx) && spawnSync('openssl', ['version']).status === 0;

  (hasTools ? it : it.skip)('nginx accepts its file', () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'logs'));
    const files = ['-keyout', `${folder}/x.key`, '-out', `${folder}/x.crt`];
    const subject = ['-subj', '/CN=ledger.example.org', '-days', '1', '-nodes'];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...files, ...subject], {
      stdio: 'ignore',
    });
    const server = text('deploy/proxy/nginx.conf').replace(
      /\/etc\/ssl\/ledger\.example\.org/g,
      `${folder}/x`,
    );
    writeFileSync(`${folder}/server.conf`, server);
    writeFileSync(
      `${folder}/nginx.conf`,
      `pid ${folder}/pid; error_log ${folder}/error.log;\nevents {}\nhttp { access_log off; include ${folder}/server.conf; }\n`,
    );
    const run = spawnSync(nginx, ['-t', '-p', folder, '-c', `${folder}/nginx.conf`], { encoding: 'utf8' });
    expect(run.stderr).toContain('test is successful');
  });

  it('take as large a batch as a node does', () => {
    const { batchBodyBytesMax } = readConfig({});
    expect(batchBodyBytesMax).toBe(8 * 1_048_576);
    expect(text('deploy/proxy/nginx.conf')).toContain('client_max_body_size 8m;');
    expect(text('deploy/proxy/Caddyfile')).toContain('max_size 8MiB');
  });
});
