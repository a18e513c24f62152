import { LineOutput, WAITING_BYTES_MAX } from './line-output.js';

/** A sink that has room for a number of bytes, or fails with an error code, and the text written through it. */
class Fake {
  written = '';
  room = Infinity;
  error: string | undefined;
  tries = 0;
  private due: (() => void) | undefined;

  readonly output = new LineOutput({
    sink: (bytes) => {
      this.tries++;
      const taken = Buffer.from(bytes).subarray(0, this.room);
      this.written += taken.toString();
      this.room -= taken.length;
      if (taken.length > 0) return taken.length;
      throw Object.assign(new Error('no'), { code: this.error ?? 'EAGAIN' });
    },
    notice: (lines) => `(${lines} missing)\n`,
    later: (work) => {
      if (this.due !== undefined) throw new Error('two tries at once');
      this.due = work;
    },
  });

  /** Lets the time until the next attempt pass. */
  retry(): void {
    const work = this.due;
    this.due = undefined;
    work?.();
  }

  get isWaiting(): boolean {
    return this.due !== undefined;
  }

  fail(error: string): void {
    [this.error, this.room] = [error, 0];
  }

  work(): void {
    [this.error, this.room] = [undefined, Infinity];
  }
}

describe('LineOutput', () => {
  it('writes lines as they arrive', () => {
    const fake = new Fake();
    fake.output.write('one\n');
    fake.output.write('zwö\n');
    expect([fake.written, fake.output.dropped, fake.isWaiting]).toEqual(['one\nzwö\n', 0, false]);
  });

  it('keeps lines waiting while there is no room, and then writes all of them in order', () => {
    const fake = new Fake();
    fake.room = 6;
    for (const line of ['first\n', 'second\n', 'third\n']) fake.output.write(line);
    expect([fake.written, fake.isWaiting]).toEqual(['first\n', true]);
    fake.room = 3;
    fake.retry();
    expect(fake.written).toBe('first\nsec');
    fake.output.write('fourth\n');
    fake.work();
    fake.retry();
    expect([fake.written, fake.output.dropped, fake.isWaiting]).toEqual([
      'first\nsecond\nthird\nfourth\n',
      0,
      false,
    ]);
  });

  it('does not retry before it is time, however many lines arrive', () => {
    const fake = new Fake();
    fake.room = 0;
    for (let i = 0; i < 100; i++) fake.output.write('line\n');
    expect(fake.tries).toBe(1);
  });

  it('keeps a bounded number of bytes, counts lost lines, and reports them in their place', () => {
    const fake = new Fake();
    fake.room = 0;
    const line = `${'x'.repeat(1023)}\n`;
    const kept = WAITING_BYTES_MAX / line.length;
    for (let i = 0; i < kept + 5; i++) fake.output.write(line);
    expect(fake.output.dropped).toBe(5);
    // There is room for it by now, but it would come before the notice of the missing lines.
    fake.room = line.length;
    fake.retry();
    fake.output.write('short\n');
    expect(fake.output.dropped).toBe(6);
    fake.work();
    fake.retry();
    fake.output.write('after\n');
    expect(fake.written.slice(kept * line.length)).toBe('(6 missing)\nafter\n');
    expect(fake.output.dropped).toBe(6);
  });

  it.each(['ENOSPC', 'EPIPE', 'EIO', 'EBADF'])(
    'drops lines at %s, and continues once writing works again',
    (code) => {
      const fake = new Fake();
      fake.output.write('before\n');
      fake.fail(code);
      for (const line of ['a\n', 'b\n', 'c\n']) fake.output.write(line);
      expect([fake.output.dropped, fake.isWaiting]).toEqual([3, false]);
      fake.work();
      fake.output.write('after\n');
      fake.output.write('more\n');
      expect(fake.written).toBe('before\n(3 missing)\nafter\nmore\n');
      expect(fake.output.dropped).toBe(3);
    },
  );

  it('completes a line that was cut off by a full disk before it begins another', () => {
    const fake = new Fake();
    fake.room = 4;
    fake.error = 'ENOSPC';
    fake.output.write('cut off\n');
    fake.output.write('lost\n');
    expect([fake.written, fake.output.dropped]).toEqual(['cut ', 1]);
    fake.work();
    fake.output.write('after\n');
    expect(fake.written).toBe('cut off\n(1 missing)\nafter\n');
  });

  it('counts lines once, even if the notice that reports them is lost', () => {
    const fake = new Fake();
    fake.fail('ENOSPC');
    fake.output.write('a\n');
    fake.output.write('b\n');
    fake.work();
    // The notice itself meets a full pipe, and then a full disk.
    fake.room = 0;
    fake.output.write('c\n');
    fake.fail('ENOSPC');
    fake.retry();
    expect(fake.output.dropped).toBe(3);
    fake.work();
    fake.output.write('d\n');
    expect(fake.written).toBe('(3 missing)\nd\n');
  });
});
